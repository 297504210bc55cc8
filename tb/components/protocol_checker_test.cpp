// Every rule of the checker is broken once, and correct traffic breaks none.
#include "components/protocol_checker.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <string>

#include "base/payload_pool.h"
#include "components/four_phase.h"
#include "components/scripted_initiator.h"
#include "components/simulate.h"

namespace dmavp::tb {
namespace {

using sc_core::SC_NS;
using sc_core::sc_time;
using Payload = tlm::tlm_generic_payload;

/// A link with a checker on it, and one correct read of four bytes to be spoilt.
struct Bench {
  ScriptedInitiator master;
  ProtocolChecker checker{"checker"};
  ScriptedTarget target{"target"};
  PayloadPool pool;
  Bytes data = Bytes(8, 0x11);
  Bytes enables = Bytes(2, 0xff);
  Payload plain;  // without memory manager

  explicit Bench(ScriptedInitiator::Body body = {}) : master("master", std::move(body)) {
    master.socket.bind(checker.target);
    checker.initiator.bind(target.socket);
    prepare(plain);
  }
  void prepare(Payload& access) {
    access.set_read();
    access.set_address(0x100);
    access.set_data_ptr(data.data());
    access.set_data_length(4);
    access.set_streaming_width(4);
    access.set_byte_enable_ptr(nullptr);
    access.set_dmi_allowed(false);
    access.set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
  }
  Payload& pooled() {
    Payload& access = pool.acquire();
    prepare(access);
    return access;
  }
  void send(sc_time delay = sc_core::SC_ZERO_TIME) { master.socket->b_transport(plain, delay); }
  tlm::tlm_sync_enum forward(Payload& access, tlm::tlm_phase phase, sc_time delay = sc_core::SC_ZERO_TIME) {
    return master.socket->nb_transport_fw(access, phase, delay);
  }
  tlm::tlm_sync_enum backward(Payload& access, tlm::tlm_phase phase, sc_time delay = sc_core::SC_ZERO_TIME) {
    return target.socket->nb_transport_bw(access, phase, delay);
  }
  /// BEGIN_REQ is accepted, nothing else happens by itself.
  void hold() {
    target.on_forward = [](Payload& access, tlm::tlm_phase&, sc_time&) {
      access.set_response_status(tlm::TLM_OK_RESPONSE);
      return tlm::TLM_ACCEPTED;
    };
    master.on_backward = [](Payload&, tlm::tlm_phase&, sc_time&) { return tlm::TLM_ACCEPTED; };
  }
};

struct Case {
  const char* rule;
  void (*misbehave)(Bench&);
};

void PrintTo(const Case& c, std::ostream* out) { *out << c.rule; }

const Case kCases[] = {
    {"payload.command",
     [](Bench& b) {
       b.plain.set_command(static_cast<tlm::tlm_command>(3));
       b.send();
     }},
    {"payload.data-pointer",
     [](Bench& b) {
       b.plain.set_data_ptr(nullptr);
       b.send();
     }},
    {"payload.length",
     [](Bench& b) {
       b.plain.set_data_length(0);
       b.send();
     }},
    {"payload.streaming-width",
     [](Bench& b) {
       b.plain.set_streaming_width(0);
       b.send();
     }},
    {"payload.byte-enable",
     [](Bench& b) {
       b.plain.set_byte_enable_ptr(b.enables.data());
       b.plain.set_byte_enable_length(0);
       b.send();
     }},
    {"payload.byte-enable-value",
     [](Bench& b) {
       b.enables[1] = 1;
       b.plain.set_byte_enable_ptr(b.enables.data());
       b.plain.set_byte_enable_length(2);
       b.send();
     }},
    {"payload.address-wrap",
     [](Bench& b) {
       b.plain.set_address(~std::uint64_t{0} - 2);
       b.send();
     }},
    {"payload.response-initial",
     [](Bench& b) {
       b.plain.set_response_status(tlm::TLM_OK_RESPONSE);
       b.send();
     }},
    {"payload.dmi-hint-initial",
     [](Bench& b) {
       b.plain.set_dmi_allowed(true);
       b.send();
     }},
    {"transport.attribute-modified",
     [](Bench& b) {
       b.target.on_blocking = [](Payload& access, sc_time&) {
         access.set_data_length(2);
         access.set_response_status(tlm::TLM_OK_RESPONSE);
       };
       b.send();
     }},
    {"transport.address-restored",
     [](Bench& b) {
       b.target.on_blocking = [](Payload& access, sc_time&) {
         access.set_address(0);
         access.set_response_status(tlm::TLM_OK_RESPONSE);
       };
       b.send();
     }},
    {"transport.write-data-modified",
     [](Bench& b) {
       b.plain.set_write();
       b.target.on_blocking = [](Payload& access, sc_time&) {
         access.get_data_ptr()[3] = 0;
         access.set_response_status(tlm::TLM_OK_RESPONSE);
       };
       b.send();
     }},
    {"transport.byte-enables-modified",
     [](Bench& b) {
       b.plain.set_byte_enable_ptr(b.enables.data());
       b.plain.set_byte_enable_length(2);
       b.target.on_blocking = [](Payload& access, sc_time&) {
         access.get_byte_enable_ptr()[0] = 0;
         access.set_response_status(tlm::TLM_OK_RESPONSE);
       };
       b.send();
     }},
    {"transport.disabled-bytes-read",
     [](Bench& b) {
       b.enables[1] = 0;
       b.plain.set_byte_enable_ptr(b.enables.data());
       b.plain.set_byte_enable_length(2);
       b.target.on_blocking = [](Payload& access, sc_time&) {
         std::memset(access.get_data_ptr(), 0x22, 4);
         access.set_response_status(tlm::TLM_OK_RESPONSE);
       };
       b.send();
     }},
    {"transport.extension-changed",
     [](Bench& b) {
       static AxiExtension stray;
       b.target.on_blocking = [](Payload& access, sc_time&) {
         access.set_extension(&stray);
         access.set_response_status(tlm::TLM_OK_RESPONSE);
       };
       b.send();
       b.plain.clear_extension(&stray);
     }},
    {"transport.response-missing",
     [](Bench& b) {
       b.target.on_blocking = [](Payload&, sc_time&) {};
       b.send();
     }},
    {"transport.delay-decreased",
     [](Bench& b) {
       b.target.on_blocking = [](Payload& access, sc_time& delay) {
         delay = sc_core::SC_ZERO_TIME;
         access.set_response_status(tlm::TLM_OK_RESPONSE);
       };
       b.send(sc_time(5, SC_NS));
     }},
    {"transport.payload-in-use",
     [](Bench& b) {
       b.hold();
       Payload& access = b.pooled();
       b.forward(access, tlm::BEGIN_REQ);
       b.backward(access, tlm::END_REQ);
       access.set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
       b.forward(access, tlm::BEGIN_REQ);
     }},
    {"nb.memory-manager", [](Bench& b) { b.forward(b.plain, tlm::BEGIN_REQ); }},
    {"nb.reference-count",
     [](Bench& b) {
       PayloadPool other;
       Payload access(&other);  // nobody has acquired it
       b.prepare(access);
       b.forward(access, tlm::BEGIN_REQ);
     }},
    {"nb.phase-direction",
     [](Bench& b) {
       b.hold();
       b.forward(b.pooled(), tlm::END_REQ);
     }},
    {"nb.phase-order",
     [](Bench& b) {
       b.hold();
       Payload& access = b.pooled();
       b.forward(access, tlm::BEGIN_REQ);
       b.backward(access, tlm::BEGIN_RESP);
       b.backward(access, tlm::END_REQ);
     }},
    {"nb.unknown-transaction",
     [](Bench& b) {
       b.hold();
       b.backward(b.pooled(), tlm::BEGIN_RESP);
     }},
    {"nb.request-exclusion",
     [](Bench& b) {
       b.hold();
       b.forward(b.pooled(), tlm::BEGIN_REQ);
       b.forward(b.pooled(), tlm::BEGIN_REQ);
     }},
    {"nb.response-exclusion",
     [](Bench& b) {
       b.hold();
       Payload& first = b.pooled();
       Payload& second = b.pooled();
       for (Payload* access : {&first, &second}) {
         b.forward(*access, tlm::BEGIN_REQ);
         b.backward(*access, tlm::END_REQ);
       }
       b.backward(first, tlm::BEGIN_RESP);
       b.backward(second, tlm::BEGIN_RESP);
     }},
    {"nb.return-phase",
     [](Bench& b) {
       b.target.on_forward = [](Payload& access, tlm::tlm_phase&, sc_time&) {
         access.set_response_status(tlm::TLM_OK_RESPONSE);
         return tlm::TLM_UPDATED;  // and leaves BEGIN_REQ in place
       };
       b.forward(b.pooled(), tlm::BEGIN_REQ);
     }},
    {"nb.accepted-modified",
     [](Bench& b) {
       b.target.on_forward = [](Payload&, tlm::tlm_phase& phase, sc_time&) {
         phase = tlm::END_REQ;
         return tlm::TLM_ACCEPTED;
       };
       b.forward(b.pooled(), tlm::BEGIN_REQ);
     }},
    {"nb.time-order",
     [](Bench& b) {
       b.hold();
       Payload& access = b.pooled();
       b.forward(access, tlm::BEGIN_REQ, sc_time(10, SC_NS));
       b.backward(access, tlm::END_REQ, sc_time(9, SC_NS));
     }},
    {"nb.unfinished",
     [](Bench& b) {
       b.hold();
       b.forward(b.pooled(), tlm::BEGIN_REQ);
     }},
    {"dmi.range",
     [](Bench& b) {
       b.target.on_direct = [](Payload&, tlm::tlm_dmi& dmi) {
         dmi.set_start_address(0);
         dmi.set_end_address(0xff);
         return false;
       };
       tlm::tlm_dmi dmi;
       b.master.direct(0x100, tlm::TLM_READ_COMMAND, dmi);
     }},
    {"dmi.pointer",
     [](Bench& b) {
       b.target.on_direct = [](Payload&, tlm::tlm_dmi& dmi) {
         dmi.allow_read_write();
         return true;
       };
       tlm::tlm_dmi dmi;
       b.master.direct(0x100, tlm::TLM_READ_COMMAND, dmi);
     }},
    {"dmi.access",
     [](Bench& b) {
       b.target.on_direct = [&b](Payload&, tlm::tlm_dmi& dmi) {
         dmi.set_dmi_ptr(b.data.data());
         dmi.allow_read();
         return true;
       };
       tlm::tlm_dmi dmi;
       b.master.direct(0x100, tlm::TLM_WRITE_COMMAND, dmi);
     }},
    {"dmi.attribute-modified",
     [](Bench& b) {
       b.target.on_direct = [](Payload& access, tlm::tlm_dmi&) {
         access.set_address(0);
         return false;
       };
       tlm::tlm_dmi dmi;
       b.master.direct(0x100, tlm::TLM_READ_COMMAND, dmi);
     }},
    {"dmi.time-passed",
     [](Bench& b) {
       b.target.on_direct = [](Payload&, tlm::tlm_dmi&) {
         sc_core::wait(1, SC_NS);
         return false;
       };
       tlm::tlm_dmi dmi;
       b.master.direct(0x100, tlm::TLM_READ_COMMAND, dmi);
     }},
    {"dmi.invalidate-range", [](Bench& b) { b.target.socket->invalidate_direct_mem_ptr(8, 7); }},
    {"debug.count",
     [](Bench& b) {
       b.target.on_debug = [](Payload& access) { return access.get_data_length() + 1; };
       b.plain.set_read();
       b.master.socket->transport_dbg(b.plain);
     }},
    {"debug.attribute-modified",
     [](Bench& b) {
       b.target.on_debug = [](Payload& access) {
         access.set_address(0);
         return 4u;
       };
       b.master.socket->transport_dbg(b.plain);
     }},
    {"debug.time-passed",
     [](Bench& b) {
       b.target.on_debug = [](Payload&) {
         sc_core::wait(1, SC_NS);
         return 4u;
       };
       b.master.socket->transport_dbg(b.plain);
     }},
};

std::vector<std::string> rules(const ProtocolChecker& checker) {
  std::vector<std::string> names;
  for (const Violation& violation : checker.violations()) names.push_back(violation.rule);
  return names;
}

class EachRule : public testing::TestWithParam<Case> {};

TEST_P(EachRule, IsReportedAlone) {
  Bench* bench = nullptr;
  const Case& c = GetParam();
  Bench b([&](ScriptedInitiator&) { c.misbehave(*bench); });
  bench = &b;
  simulate();
  if (std::string(c.rule) == "nb.unfinished") b.checker.finish();
  ASSERT_FALSE(b.checker.violations().empty());
  EXPECT_THAT(rules(b.checker), testing::Each(c.rule)) << b.checker.report();
}

INSTANTIATE_TEST_SUITE_P(Checker, EachRule, testing::ValuesIn(kCases), [](const auto& param) {
  std::string name = param.param.rule;
  for (char& c : name) {
    if (c == '.' || c == '-') c = '_';
  }
  return name;
});

TEST(ProtocolChecker, CorrectTrafficBreaksNoRule) {
  FourPhaseInitiator master("master", 4, sc_time(2, SC_NS));
  ProtocolChecker checker("checker");
  FourPhaseMemory memory("memory", 4096, sc_time(3, SC_NS), sc_time(20, SC_NS), true);
  master.socket.bind(checker.target);
  checker.initiator.bind(memory.socket);
  for (unsigned i = 0; i < 64; ++i)
    master.accesses.push_back({true, i * 16, Bytes(16, static_cast<unsigned char>(i))});
  for (unsigned i = 0; i < 64; ++i) master.accesses.push_back({false, i * 16, Bytes(16)});
  simulate();
  checker.finish();
  EXPECT_EQ(checker.report(), "");
  ASSERT_EQ(master.finished.size(), 128u);
  for (unsigned i = 64; i < 128; ++i) {
    EXPECT_EQ(master.accesses[i].status, tlm::TLM_OK_RESPONSE);
    EXPECT_EQ(master.accesses[i].data, Bytes(16, static_cast<unsigned char>(i - 64)));
  }
}

}  // namespace
}  // namespace dmavp::tb
