#include "platform/run/recordings.h"

#include <array>
#include <boost/json.hpp>
#include <sstream>
#include <string>
#include <utility>

#include "platform/html/page.h"
#include "platform/report/json_text.h"
#include "platform/run/symbol.h"

namespace dmavp::platform {
namespace {

// Kept until their order is certain.
constexpr std::size_t kHeldEvents = 200'000;  // of trace and waveform
constexpr std::size_t kHeldOfTimeline = 20'000;

std::string describe_place(const void* address) {
  std::array<char, 256> text{};
  describe_code(address, text.data(), text.size());
  return text.data();
}

void tell_waits(Board& board) {
  for (unsigned i = 0; i < board.dmacs(); ++i) board.dmac(i).engine().tell_waits();
}

}  // namespace

Recordings::Recordings(const RunOptions& options, const BoardDescription& board,
                       const std::vector<FaultSpec>& faults)
    : trace_file_(options.trace_file),
      vcd_file_(options.vcd_file),
      perfetto_file_(options.perfetto_file),
      html_file_(options.html_file) {
  const std::array<const Output*, 4> files = {&trace_file_, &vcd_file_, &perfetto_file_, &html_file_};
  for (std::size_t i = 0; i < files.size(); ++i) {
    for (std::size_t k = 0; k < i; ++k) files[i]->refuse_same(*files[k]);
  }
  if (html_file_.wanted()) page_ = std::make_unique<PageView>(board);
  EventFilters filters;
  for (const std::string& filter : options.trace_filters)
    filters.add(parse_trace_filter("--trace-filter", filter, board));
  trace_.set_filters(std::move(filters));
  if (vcd_file_.wanted()) {
    EventFilter filter;
    if (!options.vcd_filter.empty()) filter = parse_vcd_filter("--vcd-filter", options.vcd_filter, board);
    waveform_ = std::make_unique<Waveform>(board, faults, std::move(filter));
  }
  if (perfetto_file_.wanted()) {
    EventFilter filter;
    if (!options.perfetto_filter.empty())
      filter = parse_timeline_filter("--perfetto-filter", options.perfetto_filter, board);
    timeline_ = std::make_unique<Timeline>(board, std::move(filter), describe_place);
  }
}

std::vector<View*> Recordings::views() const {
  std::vector<View*> views;
  if (waveform_) views.push_back(waveform_.get());
  if (timeline_) views.push_back(timeline_.get());
  if (page_) views.push_back(page_.get());
  return views;
}

void Recordings::refuse_same(const Output& other) const {
  for (const Output* file : {&trace_file_, &vcd_file_, &perfetto_file_, &html_file_})
    other.refuse_same(*file);
}

/// Before this time nothing more will be told. A burst that is never answered holds back so much and no more.
port::Time Recordings::certain(Board& board, port::Time now) const {
  const std::size_t held = std::max(trace_.size() + (waveform_ ? waveform_->size() : 0),
                                    timeline_ ? timeline_->size() * (kHeldEvents / kHeldOfTimeline) : 0);
  if (held > 4 * kHeldEvents) return now;
  port::Time until = now;
  for (unsigned i = 0; i < board.dmacs(); ++i) {
    const DwAxiDmac& dmac = board.dmac(i);
    until = std::min(until, dmac.clock().time_of(dmac.engine().told_until()));
  }
  return until;
}

void Recordings::settled(Board& board, port::Time now) {
  // A timeline is of use even when the program dies: it can be loaded from the first piece on.
  if (timeline_ && (!started_ || timeline_->size() >= kHeldOfTimeline)) {
    started_ = true;
    board.synchronize();
    timeline_->flush(perfetto_file_.stream(), certain(board, now));
  }
  if (trace_.size() + (waveform_ ? waveform_->size() : 0) < kHeldEvents) return;
  board.synchronize();
  tell_waits(board);
  const port::Time until = certain(board, now);
  if (trace_file_.wanted()) trace_.flush(trace_file_.stream(), until);
  if (waveform_) waveform_->flush(vcd_file_.stream(), until);
}

void Recordings::finish(Board& board, port::Time end) {
  if (trace_file_.wanted()) trace_.finish(trace_file_.stream(), end);
  tell_waits(board);
  if (waveform_) waveform_->finish(vcd_file_.stream(), end);
  if (timeline_) timeline_->finish(perfetto_file_.stream(), end);
}

void Recordings::write_page_of(const RunSummary& run, Board& board, const Recorder& recorder) {
  if (!page_) return;
  std::ostringstream text;  // with the digits of the result file
  print_json(text, result_document(run, board, recorder));
  write_page(html_file_.stream(), PageKind::kRun, run.scenario + " on " + run.board + " - dmavp",
             boost::json::object{{"result", boost::json::parse(text.str())},
                                 {"series", page_->document(recorder.end(), recorder.clients())}});
}

bool Recordings::close() {
  return trace_file_.close() & vcd_file_.close() & perfetto_file_.close() & html_file_.close();
}

}  // namespace dmavp::platform
