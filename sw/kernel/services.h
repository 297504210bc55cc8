// What the service files of the kernel know of each other; nothing outside sw/kernel includes it.
#pragma once

#include <cstdint>

#include "kernel/kernel.h"
#include "port/machine.h"

namespace dmavp::kernel {

/// Body of the thread "init": works off what Kernel::queue_load() and queue_unload_all() ask for.
int kernel_init_thread(void* unused);

/// The last component of a path.
const char* base_name(const char* path);
/// Module whose code contains the address, "kernel" or "?".
const char* loader_owner(const void* address);

void reset_log();

namespace tree {
/// Reads the flattened tree; false and a reason (malformed, no root) when it cannot be used.
bool start(const void* blob, const char** error);
void stop();
}  // namespace tree

namespace devices {
/// Makes a platform device of every available node with `compatible` and a place on the bus. Host context.
void populate();
/// Forgets every device; no driver is called.
void stop();
void free_of_devices();
}  // namespace devices

namespace mapping {
void stop();
}

namespace clients {
/// Clients that have started and not finished.
unsigned running();
/// A module that knows nothing of <dmavp/client.h> has been loaded as a client: its work are the threads it
/// has woken. It finishes with the last one, with the first error that one of them returned. `module` lives
/// as long as the process.
void adopt(const char* name, const char* module);
/// A thread's function has returned.
void thread_returned(const void* function, int result);
/// Called when one has finished: unloading waits for the last one.
void finished();
void stop();
}  // namespace clients

namespace clocks {
void stop();
}

}  // namespace dmavp::kernel
