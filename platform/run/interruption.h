// SIGINT and SIGTERM end a run early, with every output written.
#pragma once

namespace dmavp::platform {

/// What a signal interrupts: nothing, or the system call that waits (EINTR).
enum class Interrupted { kNothing, kCalls };

/// From now on the first SIGINT or SIGTERM is noted; a second one kills as usual.
void catch_interruption(Interrupted what = Interrupted::kNothing);
bool interrupted();

}  // namespace dmavp::platform
