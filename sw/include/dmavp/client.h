/* How a client of the platform reports what it did; beside linux/ because Linux has no such thing. */
#ifndef DMAVP_CLIENT_H
#define DMAVP_CLIENT_H

#include <linux/types.h>

#ifdef __cplusplus
extern "C" {
#endif

struct dmavp_client;

/* Registers the client; `fallback` names it when the scenario does not. The run goes on until it has
 * finished. */
struct dmavp_client* dmavp_client_start(const char* kind, const char* fallback);
/* One transfer: when it was issued (ktime of issue_pending) and that its callback starts, or its wait ends,
 * now. */
void dmavp_client_transfer(struct dmavp_client* client, const char* channel, s64 issued_ns, size_t bytes,
                           bool failed);
/* The same for a client that looks at the data before it calls a transfer good: it completed at completed_ns.
 */
void dmavp_client_transfer_at(struct dmavp_client* client, const char* channel, s64 issued_ns,
                              s64 completed_ns, size_t bytes, bool failed);
/* A transfer that failed, and how, in a word of the fault table (`dmavp faults`): "read-failed", "timeout",
 * ... */
void dmavp_client_failure(struct dmavp_client* client, const char* channel, s64 issued_ns,
                          const char* result);
/* The word for an error that a transfer ended with: 0 is "none", -ETIMEDOUT "timeout", -ENOMEM "refused",
 * -EBADMSG "mismatch", others "failed". */
const char* dmavp_client_result(int error);
/* A named fact for the result. */
void dmavp_client_note(struct dmavp_client* client, const char* key, const char* value);
/* All its work is done; result 0 or a negative errno. The pointer is dead afterwards. */
void dmavp_client_finish(struct dmavp_client* client, int result);

#ifdef __cplusplus
}
#endif
#endif
