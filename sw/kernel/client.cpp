// Clients report to the platform what they did; firmware is a file of the host.
#include <dmavp/client.h>
#include <dmavp/file.h>
#include <linux/errno.h>
#include <linux/firmware.h>
#include <linux/printk.h>
#include <linux/slab.h>

#include <cstring>
#include <deque>
#include <string>

#include "kernel/exec/exec.h"
#include "kernel/module_loader.h"
#include "kernel/services.h"

using namespace dmavp::kernel;
namespace port = dmavp::port;

struct dmavp_client {
  std::string name;
  std::string kind;
  bool running;
  const char* module;  ///< whose threads are its work; NULL: it says itself when it has finished
  int result;
};

namespace {
std::deque<struct dmavp_client> clients_known;
}

namespace dmavp::kernel::clients {
namespace {

struct dmavp_client* start(const char* name, const char* kind, const char* module) {
  clients_known.push_back({name, kind, true, module, 0});
  struct dmavp_client* client = &clients_known.back();
  exec::event(port::SoftEventKind::kClientStart, client->name.c_str());
  return client;
}

void finish_idle(struct dmavp_client* client) {
  if (exec::running_threads(client->module) == 0) dmavp_client_finish(client, client->result);
}

}  // namespace

unsigned running() {
  unsigned count = 0;
  for (const struct dmavp_client& c : clients_known) count += c.running ? 1 : 0;
  return count;
}

void adopt(const char* name, const char* module) {
  struct dmavp_client* client = start(name, module, module);
  const std::string work = std::string("is threads of ") + module + "; what they found is in the kernel log";
  dmavp_client_note(client, "work", work.c_str());
  finish_idle(client);
}

void thread_returned(const void* function, int result) {
  for (struct dmavp_client& client : clients_known) {
    if (!client.running || client.module == nullptr) continue;
    if (std::strcmp(loader::owner_of(function), client.module) != 0) continue;
    if (client.result == 0 && result < 0) client.result = result;
    finish_idle(&client);
    return;
  }
}

void stop() { clients_known.clear(); }

}  // namespace dmavp::kernel::clients

struct dmavp_client* dmavp_client_start(const char* kind, const char* fallback) {
  const char* given = loader::client_of(__builtin_return_address(0));
  return clients::start(given[0] != '\0' ? given : fallback, kind, nullptr);
}

namespace {
void report_transfer(const struct dmavp_client* client, const char* channel, s64 issued_ns,
                     port::Time completed, size_t bytes, bool failed, const char* result = "failed") {
  port::ClientReport report;
  report.client = client->name.c_str();
  report.kind = client->kind.c_str();
  report.channel = channel != nullptr ? channel : "";
  report.bytes = bytes;
  report.failed = failed;
  report.result = result;
  report.issued = static_cast<port::Time>(issued_ns) * 1000;
  report.completed = completed;
  exec::machine().report(report);
}
}  // namespace

void dmavp_client_transfer(struct dmavp_client* client, const char* channel, s64 issued_ns, size_t bytes,
                           bool failed) {
  report_transfer(client, channel, issued_ns, exec::now(), bytes, failed);
}

void dmavp_client_transfer_at(struct dmavp_client* client, const char* channel, s64 issued_ns,
                              s64 completed_ns, size_t bytes, bool failed) {
  report_transfer(client, channel, issued_ns, static_cast<port::Time>(completed_ns) * 1000, bytes, failed);
}

void dmavp_client_failure(struct dmavp_client* client, const char* channel, s64 issued_ns,
                          const char* result) {
  report_transfer(client, channel, issued_ns, exec::now(), 0, true, result);
}

const char* dmavp_client_result(int error) {
  switch (error) {
    case 0:
      return "none";
    case -ETIMEDOUT:
      return "timeout";
    case -ENOMEM:
      return "refused";
    case -EBADMSG:
      return "mismatch";
    default:
      return "failed";
  }
}

void dmavp_client_note(struct dmavp_client* client, const char* key, const char* value) {
  exec::machine().client_note(client->name.c_str(), key, value);
}

void dmavp_client_finish(struct dmavp_client* client, int result) {
  if (!client->running) {
    exec::diagnostic(2, "kernel.client-finished-twice", "client %s finishes twice", client->name.c_str());
    return;
  }
  client->running = false;
  exec::event(port::SoftEventKind::kClientDone, client->name.c_str(),
              static_cast<std::uint64_t>(static_cast<std::int64_t>(result)));
  if (result != 0)
    exec::diagnostic(2, "client.failed", "client %s ends with error %d", client->name.c_str(), result);
  clients::finished();
}

// --- files of the host
// ---------------------------------------------------------------------------------------------------------

int firmware_request_nowarn(const struct firmware** out, const char* name, struct device*) {
  *out = nullptr;
  port::Machine& machine = exec::machine();
  const std::int64_t size = machine.file_size(name);
  if (size < 0) return static_cast<int>(size);
  auto* fw = static_cast<struct firmware*>(kzalloc(sizeof(struct firmware), GFP_KERNEL));
  void* data = kmalloc(size != 0 ? static_cast<size_t>(size) : 1, GFP_KERNEL);
  std::int64_t got = -ENOMEM;
  if (fw != nullptr && data != nullptr)
    got = machine.file_read(name, 0, data, static_cast<std::uint64_t>(size));
  if (got != size) {
    kfree(data);
    kfree(fw);
    return got < 0 ? static_cast<int>(got) : -EIO;
  }
  fw->size = static_cast<size_t>(size);
  fw->data = static_cast<const u8*>(data);
  *out = fw;
  return 0;
}

int request_firmware(const struct firmware** out, const char* name, struct device* device) {
  const int ret = firmware_request_nowarn(out, name, device);
  if (ret != 0) pr_err("file %s cannot be read into RAM: error %d\n", name, ret);
  return ret;
}

void release_firmware(const struct firmware* fw) {
  if (fw == nullptr) return;
  kfree(fw->data);
  kfree(fw);
}

int dmavp_file_write(const char* path, const void* data, size_t bytes) {
  return exec::machine().file_write(path, data, bytes);
}
