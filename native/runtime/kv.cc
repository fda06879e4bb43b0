#include "runtime/kv.h"

#include "ops/kv_row.h"

int32_t bn_kv::allocate(const bn_model& for_model, const bn_kv_config& config) {
  const bn_hparams& h = for_model.hparams;
  model = &for_model;
  type = config.type;
  n_pages = config.n_pages;
  head_bytes = BN_KV_PAGE_TOKENS * bitnet::kv_row_bytes(type, h.head_dim);
  page_bytes = uint64_t{h.n_layers} * h.n_kv_heads * 2 * head_bytes;  // at most 2^48
  const bool ok = pages.allocate(bitnet::saturating_product(page_bytes, n_pages));
  if (ok) bitnet::prefer_huge_pages(pages.data(), pages.bytes());
  return ok ? BN_OK : BN_ERROR_OUT_OF_MEMORY;
}

bitnet::KvView bn_kv::view(uint32_t layer, uint32_t kv_head, const int32_t* table) const {
  const uint64_t head = uint64_t{layer} * model->hparams.n_kv_heads + kv_head;
  const uint8_t* keys = pages.data() + head * 2 * head_bytes;
  return {type, keys, keys + head_bytes, page_bytes, BN_KV_PAGE_TOKENS, table};
}

void bn_kv::store(uint32_t layer, const int32_t* table, uint32_t position, const float* k,
                  const float* v) {
  const uint64_t head_dim = model->hparams.head_dim, n_kv_heads = model->hparams.n_kv_heads;
  const uint64_t row_bytes = head_bytes / BN_KV_PAGE_TOKENS;
  const uint64_t page = static_cast<uint64_t>(table[position / BN_KV_PAGE_TOKENS]);
  uint8_t* to = pages.data() + page * page_bytes + layer * n_kv_heads * 2 * head_bytes +
                position % BN_KV_PAGE_TOKENS * row_bytes;
  const auto put = [&](const float* row) {
    bitnet::kv_store_row(*model->kernel, type, row, head_dim, to);
    to += head_bytes;
  };
  for (uint64_t head = 0; head < n_kv_heads; ++head) {
    put(k + head * head_dim);
    put(v + head * head_dim);
  }
}
