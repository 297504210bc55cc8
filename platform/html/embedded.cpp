#include "platform/html/embedded.h"

// The assembler puts the files into the object as they are.
#define DMAVP_EMBED(name, file)                                                                         \
  __asm__(".section .rodata\n.global dmavp_" #name "_begin\n.global dmavp_" #name "_end\ndmavp_" #name  \
          "_begin:\n.incbin \"" file "\"\ndmavp_" #name "_end:\n.byte 0\n.previous\n");                 \
  extern "C" const char dmavp_##name##_begin[], dmavp_##name##_end[];                                   \
  std::string_view dmavp::platform::embedded_##name() {                                                 \
    return {dmavp_##name##_begin, static_cast<std::size_t>(dmavp_##name##_end - dmavp_##name##_begin)}; \
  }

DMAVP_EMBED(library, DMAVP_CHART_JS)
DMAVP_EMBED(style, DMAVP_HTML_DIR "/page.css")
DMAVP_EMBED(common, DMAVP_HTML_DIR "/common.js")
DMAVP_EMBED(run, DMAVP_HTML_DIR "/run.js")
DMAVP_EMBED(sweep, DMAVP_HTML_DIR "/sweep.js")
