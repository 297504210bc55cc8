// Building and copying scatter-gather lists.
#include <linux/errno.h>
#include <linux/scatterlist.h>
#include <linux/slab.h>

#include <cstring>

int sg_nents_for_len(struct scatterlist* sg, u64 len) {
  u64 total = 0;
  for (int nents = 1; sg != nullptr; sg = sg_next(sg), nents++) {
    total += sg->length;
    if (total >= len) return len == 0 ? 0 : nents;
  }
  return len == 0 ? 0 : -EINVAL;
}

int sg_nents_for_dma(struct scatterlist* sgl, unsigned int sglen, size_t max) {
  int nents = 0;
  for (unsigned int i = 0; i < sglen && sgl != nullptr; i++, sgl = sg_next(sgl))
    nents += static_cast<int>((sg_dma_len(sgl) + max - 1) / max);
  return nents;
}

int sg_alloc_table(struct sg_table* table, unsigned int nents, gfp_t gfp) {
  *table = {};
  if (nents == 0) return -EINVAL;
  table->sgl = static_cast<struct scatterlist*>(kcalloc(nents, sizeof(struct scatterlist), gfp));
  if (table->sgl == nullptr) return -ENOMEM;
  sg_init_table(table->sgl, nents);
  table->nents = table->orig_nents = nents;
  return 0;
}

void sg_free_table(struct sg_table* table) {
  kfree(table->sgl);
  *table = {};
}

namespace {
size_t copy(struct scatterlist* sg, unsigned int nents, char* buf, size_t len, off_t skip_bytes,
            bool to_list) {
  size_t done = 0, skip = static_cast<size_t>(skip_bytes);
  for (unsigned int i = 0; i < nents && sg != nullptr && done < len; i++, sg = sg_next(sg)) {
    if (skip >= sg->length) {
      skip -= sg->length;
      continue;
    }
    const size_t room = sg->length - skip;
    const size_t n = room < len - done ? room : len - done;
    char* piece = static_cast<char*>(sg_virt(sg)) + skip;
    if (to_list)
      std::memcpy(piece, buf + done, n);
    else
      std::memcpy(buf + done, piece, n);
    done += n;
    skip = 0;
  }
  return done;
}
}  // namespace

size_t sg_pcopy_from_buffer(struct scatterlist* sgl, unsigned int nents, const void* buf, size_t len,
                            off_t skip) {
  return copy(sgl, nents, static_cast<char*>(const_cast<void*>(buf)), len, skip, true);
}
size_t sg_pcopy_to_buffer(struct scatterlist* sgl, unsigned int nents, void* buf, size_t len, off_t skip) {
  return copy(sgl, nents, static_cast<char*>(buf), len, skip, false);
}
size_t sg_copy_from_buffer(struct scatterlist* sgl, unsigned int nents, const void* buf, size_t len) {
  return sg_pcopy_from_buffer(sgl, nents, buf, len, 0);
}
size_t sg_copy_to_buffer(struct scatterlist* sgl, unsigned int nents, void* buf, size_t len) {
  return sg_pcopy_to_buffer(sgl, nents, buf, len, 0);
}
