// The KV store: pages of BN_KV_PAGE_TOKENS positions. A page holds, for every layer and KV head, the
// keys of its positions and then their values, a row of head_dim elements each (ops/kv_row.h).
#ifndef BITNET_RUNTIME_KV_H
#define BITNET_RUNTIME_KV_H

#include "include/bitnet.h"
#include "ops/attention.h"
#include "runtime/model.h"

struct bn_kv {
  const bn_model* model = nullptr;
  uint32_t type = 0;
  uint32_t n_pages = 0;
  uint64_t head_bytes = 0;  // one head's keys, or values, of one page
  uint64_t page_bytes = 0;
  bitnet::Array<uint8_t> pages;

  // BN_OK or BN_ERROR_OUT_OF_MEMORY; config is checked.
  int32_t allocate(const bn_model& for_model, const bn_kv_config& config);

  // One KV head of a sequence whose pages are listed in `table`.
  bitnet::KvView view(uint32_t layer, uint32_t kv_head, const int32_t* table) const;

  // Stores k and v [n_kv_heads][head_dim] of one position.
  void store(uint32_t layer, const int32_t* table, uint32_t position, const float* k,
             const float* v);
};

#endif
