// The files that show a run event by event: trace, waveform, timeline.
#pragma once

#include <memory>
#include <vector>

#include "platform/board/board.h"
#include "platform/config/fault_plan.h"
#include "platform/report/page_view.h"
#include "platform/report/result.h"
#include "platform/report/timeline.h"
#include "platform/report/trace.h"
#include "platform/report/view.h"
#include "platform/report/waveform.h"
#include "platform/run/output.h"
#include "platform/run/run.h"

namespace dmavp::platform {

class Recordings {
 public:
  /// Throws InputError for a filter that is wrong and a file that cannot be written.
  Recordings(const RunOptions& options, const BoardDescription& board, const std::vector<FaultSpec>& faults);

  bool wanted() const { return trace_file_.wanted() || waveform_ || timeline_ || page_; }
  Trace* trace() { return trace_file_.wanted() ? &trace_ : nullptr; }
  std::vector<View*> views() const;
  void refuse_same(const Output& other) const;

  /// Everything before `now` has happened; what is certain goes to the files when it has become much.
  void settled(Board& board, port::Time now);
  /// The rest up to and including `end`.
  void finish(Board& board, port::Time end);
  /// The page, when all is over.
  void write_page_of(const RunSummary& run, Board& board, const Recorder& recorder);
  /// False, with a message, when a file could not be written.
  bool close();

 private:
  port::Time certain(Board& board, port::Time now) const;
  Output trace_file_;
  Output vcd_file_;
  Output perfetto_file_;
  Output html_file_;
  Trace trace_;
  std::unique_ptr<Waveform> waveform_;
  std::unique_ptr<Timeline> timeline_;
  std::unique_ptr<PageView> page_;
  bool started_ = false;
};

}  // namespace dmavp::platform
