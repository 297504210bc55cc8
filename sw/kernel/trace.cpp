// What modules tell the platform: the DMA framework's events and the cost of work on memory.
#include "dmavp/trace.h"

#include "dmavp/cost.h"
#include "kernel/exec/exec.h"

using dmavp::port::SoftEventKind;
namespace exec = dmavp::kernel::exec;

namespace {

unsigned callbacks_running;  // on all CPUs

}  // namespace

void dmavp_trace_dma(int kind, const char* channel, s32 cookie, size_t bytes) {
  const auto number = static_cast<std::uint64_t>(static_cast<std::int64_t>(cookie));
  switch (kind) {
    case DMAVP_TRACE_SUBMIT:
      if (callbacks_running) exec::statistics().submit_during_callback++;
      exec::event(SoftEventKind::kSubmit, channel, number, 0, bytes);
      break;
    case DMAVP_TRACE_ISSUE:
      exec::event(SoftEventKind::kIssue, channel, number, 0, bytes);
      break;
    case DMAVP_TRACE_CALLBACK:
      callbacks_running++;
      exec::event(SoftEventKind::kCallback, channel, number, 0, bytes);
      break;
    case DMAVP_TRACE_CALLBACK_END:
      if (callbacks_running) callbacks_running--;
      exec::event(SoftEventKind::kCallbackEnd, channel, number, 0, bytes);
      break;
    case DMAVP_TRACE_TERMINATE:
      exec::event(SoftEventKind::kTerminate, channel, number, 0, bytes);
      break;
    default:
      break;
  }
}

void dmavp_cost_copy(size_t bytes) { exec::charge_copy(bytes); }
