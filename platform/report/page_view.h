// What a page (--html) shows of a run over time. Memory is bounded: series have bins, lists an end.
#pragma once

#include <array>
#include <boost/json/object.hpp>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "platform/config/board_description.h"
#include "platform/report/recorder.h"
#include "platform/report/series.h"
#include "platform/report/view.h"

namespace dmavp::platform {

class PageView : public View {
 public:
  static constexpr std::size_t kMostEvents = 4000;  ///< blocks, interrupts and callbacks together
  static constexpr std::size_t kLatencyBins = 40;

  explicit PageView(const BoardDescription& board);
  ~PageView() override;

  Observer* observer_of(const std::string& source) const override;
  void soft(const port::SoftEvent& event) override;
  void fault(const FaultLog::Hit&) override {}

  /// "series" of the page (docs/html.md), up to `end`. Once.
  boost::json::object document(port::Time end, const std::vector<ClientRecord>& clients);

 private:
  class Dmac;
  struct Event {
    std::string row;
    std::uint64_t from, to;
  };
  void event(std::vector<Event>& list, std::string row, std::uint64_t from, std::uint64_t to);

  SeriesSet series_;
  std::vector<std::unique_ptr<Dmac>> dmacs_;
  std::vector<Event> blocks_, interrupts_, callbacks_;
  std::map<unsigned, std::uint64_t> callback_since_;  ///< by CPU
  std::size_t events_ = 0;
  std::size_t omitted_ = 0;
};

}  // namespace dmavp::platform
