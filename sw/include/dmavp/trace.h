/* What the DMA framework tells the platform's event stream; beside linux/ because Linux has no such thing. */
#ifndef DMAVP_TRACE_H
#define DMAVP_TRACE_H

#include <linux/types.h>

#ifdef __cplusplus
extern "C" {
#endif

enum dmavp_trace_kind {
  DMAVP_TRACE_SUBMIT,       /* cookie assigned */
  DMAVP_TRACE_ISSUE,        /* issue_pending; cookie = last one submitted */
  DMAVP_TRACE_CALLBACK,     /* a completion callback starts */
  DMAVP_TRACE_CALLBACK_END, /* and has returned */
  DMAVP_TRACE_TERMINATE,
};

/* bytes: size of the transaction where known, else 0. Any context; cheap when nobody observes. */
void dmavp_trace_dma(int kind, const char* channel, s32 cookie, size_t bytes);

#ifdef __cplusplus
}
#endif
#endif
