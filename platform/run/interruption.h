// SIGINT and SIGTERM end a run early, with every output written.
#pragma once

namespace dmavp::platform {

/// From now on the first SIGINT or SIGTERM is noted; a second one kills as usual.
void catch_interruption();
bool interrupted();

}  // namespace dmavp::platform
