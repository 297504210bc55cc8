#include "platform/report/page_view.h"

#include <algorithm>
#include <boost/json.hpp>
#include <utility>

namespace dmavp::platform {

namespace {

namespace json = boost::json;

enum Wire { kAr, kR, kAw, kW, kB, kWires };
constexpr const char* kWireNames[] = {"ar", "r", "aw", "w", "b"};

}  // namespace

/// One controller.
class PageView::Dmac : public Observer {
 public:
  Dmac(PageView& view, const DmacDescription& description)
      : name_(description.name), view_(view), clock_(description.clock_hz) {
    channels_.resize(description.parameters.num_channels);
    for (Channel& c : channels_) {
      for (std::size_t* series : {&c.read, &c.written, &c.fifo}) *series = view_.series_.create();
    }
    ports_.resize(description.parameters.num_masters);
    for (auto& port : ports_) {
      for (std::size_t& series : port) series = view_.series_.create();
    }
  }

  const std::string& name() const { return name_; }
  unsigned interests() const override { return kBursts | kBlocks | kInterrupts | kActivity; }

  void burst(const BurstEvent& e) override {
    const bool write = e.kind == BurstKind::kWrite || e.kind == BurstKind::kDescriptorWriteBack;
    const std::uint64_t from = clock_.time_of(e.first_beat), to = clock_.time_of(e.last_beat + 1);
    const auto cycle = static_cast<double>(clock_.time_of(1));
    auto& port = ports_.at(e.master);
    one_cycle(port[write ? kAw : kAr], e.accepted, cycle);
    view_.series_.add(port[write ? kW : kR], from, to, cycle * e.beats);
    if (write) one_cycle(port[kB], e.response, cycle);
    Channel& c = channels_.at(e.channel);
    c.used = true;
    if (e.kind == BurstKind::kRead) view_.series_.add(c.read, from, to, e.bytes);
    if (e.kind == BurstKind::kWrite) view_.series_.add(c.written, from, to, e.bytes);
  }

  void fifo(const FifoEvent& e) override {
    Channel& c = channels_.at(e.channel);
    const std::uint64_t at = std::max(clock_.time_of(e.at), c.since);
    hold(c, at);
    c.level = e.bytes;
  }

  void block(const BlockEvent& e) override {
    Channel& c = channels_.at(e.channel);
    if (e.phase == BlockPhase::kBlockStart) {
      c.block = true;
      c.block_since = e.time;
    } else if (c.block && e.phase != BlockPhase::kSuspended && e.phase != BlockPhase::kResumed) {
      c.block = false;
      view_.event(view_.blocks_, channel_name(e.channel), c.block_since, e.time);
    }
  }

  void interrupt(const InterruptEvent& e) override {
    if (e.level) view_.event(view_.interrupts_, name_ + " interrupt", e.time, e.time);
  }

  void add_to(json::array& channels, json::array& ports, port::Time end) {
    const std::size_t bins = view_.series_.bins(end);
    const auto values = [&](std::size_t series, double scale) {
      json::array list;
      for (std::size_t i = 0; i < bins; ++i) list.emplace_back(view_.series_.values(series)[i] * scale);
      return list;
    };
    const double per_bin = 1.0 / static_cast<double>(view_.series_.bin_ps());
    for (unsigned i = 0; i < channels_.size(); ++i) {
      Channel& c = channels_[i];
      if (!c.used) continue;
      hold(c, std::max<std::uint64_t>(end, c.since));
      channels.push_back(json::object{{"name", channel_name(i)},
                                      {"read_bytes", values(c.read, 1)},
                                      {"written_bytes", values(c.written, 1)},
                                      {"fifo_bytes", values(c.fifo, per_bin)}});
    }
    for (unsigned m = 0; m < ports_.size(); ++m) {
      json::object port{{"name", name_ + ".m" + std::to_string(m)}};
      for (unsigned w = 0; w < kWires; ++w) port[kWireNames[w]] = values(ports_[m][w], 1);
      ports.push_back(std::move(port));
    }
  }

 private:
  struct Channel {
    std::size_t read, written, fifo;
    bool used = false, block = false;
    std::uint64_t since = 0, block_since = 0;
    std::uint32_t level = 0;
  };

  std::string channel_name(unsigned channel) const { return name_ + ".ch" + std::to_string(channel); }
  void one_cycle(std::size_t series, Cycle at, double cycle) {
    view_.series_.add(series, clock_.time_of(at), clock_.time_of(at + 1), cycle);
  }
  /// The level has been the same since it was told.
  void hold(Channel& c, std::uint64_t until) {
    if (c.level != 0 && until > c.since)
      view_.series_.add(c.fifo, c.since, until,
                        static_cast<double>(c.level) * static_cast<double>(until - c.since));
    c.since = until;
  }

  std::string name_;
  PageView& view_;
  Clock clock_;
  std::vector<Channel> channels_;
  std::vector<std::array<std::size_t, kWires>> ports_;
};

PageView::PageView(const BoardDescription& board) {
  for (const DmacDescription& d : board.dmacs) dmacs_.push_back(std::make_unique<Dmac>(*this, d));
}

PageView::~PageView() = default;

Observer* PageView::observer_of(const std::string& source) const {
  for (const auto& dmac : dmacs_) {
    if (dmac->name() == source) return dmac.get();
  }
  return nullptr;
}

void PageView::soft(const port::SoftEvent& e) {
  if (e.kind == port::SoftEventKind::kCallback) {
    callback_since_[e.cpu] = e.time;
  } else if (e.kind == port::SoftEventKind::kCallbackEnd) {
    event(callbacks_, "callbacks, CPU " + std::to_string(e.cpu), callback_since_[e.cpu], e.time);
  }
}

void PageView::event(std::vector<Event>& list, std::string row, std::uint64_t from, std::uint64_t to) {
  if (events_ == kMostEvents) {
    ++omitted_;
    return;
  }
  ++events_;
  list.push_back({std::move(row), from, to});
}

json::object PageView::document(port::Time end, const std::vector<ClientRecord>& clients) {
  json::array channels, ports;
  for (const auto& dmac : dmacs_) dmac->add_to(channels, ports, end);
  const auto list = [end](const std::vector<Event>& events) {
    json::array result;
    for (const Event& e : events) {
      if (e.from <= end) result.push_back(json::array{e.row, e.from, std::min<std::uint64_t>(e.to, end)});
    }
    return result;
  };
  json::array latencies;
  for (const ClientRecord& client : clients) {
    if (client.latencies.empty()) continue;
    const double from = static_cast<double>(client.latencies.min()) / 1000;
    const double width =
        std::max((static_cast<double>(client.latencies.max()) / 1000 - from) / kLatencyBins, 1.0);
    std::vector<std::uint64_t> counts(kLatencyBins, 0);
    client.latencies.for_each([&](port::Time latency, std::uint64_t number) {
      const auto bin = static_cast<std::size_t>((static_cast<double>(latency) / 1000 - from) / width);
      counts[std::min(bin, kLatencyBins - 1)] += number;
    });
    while (counts.size() > 1 && counts.back() == 0) counts.pop_back();
    latencies.push_back(json::object{{"client", client.name},
                                     {"from_ns", from},
                                     {"width_ns", width},
                                     {"counts", json::value_from(counts)}});
  }
  return {{"bin_ps", series_.bin_ps()},    {"bins", series_.bins(end)},
          {"channels", channels},          {"ports", ports},
          {"blocks", list(blocks_)},       {"interrupts", list(interrupts_)},
          {"callbacks", list(callbacks_)}, {"omitted", omitted_},
          {"latencies", latencies}};
}

}  // namespace dmavp::platform
