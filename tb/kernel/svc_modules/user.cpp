// Uses what svc-base exports, and pins it while a parameter says so.
#include <dmavp/client.h>
#include <linux/kernel.h>
#include <linux/module.h>

#include "base.h"

static struct dmavp_client* client;

static int start(void) {
  pr_info("user: base says %d, started %d\n", svc_base_value(), svc_base_started);
  client = dmavp_client_start("user", "fallback");
  dmavp_client_transfer(client, "chan", 1, 64, false);
  dmavp_client_note(client, "key", "value");
  dmavp_client_finish(client, 0);
  return 0;
}
static void leave(void) { pr_info("user: bye\n"); }
module_init(start);
module_exit(leave);
MODULE_LICENSE("MIT");
