// What a call that is refused says.
#pragma once

#include <stdexcept>
#include <string>

namespace dmavp::tb {

/// The message of the exception that `call` throws; "" if it throws none.
template <class Error = std::runtime_error, class Call>
std::string refusal(Call&& call) {
  try {
    call();
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

}  // namespace dmavp::tb
