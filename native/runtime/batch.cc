#include "runtime/batch.h"

namespace bitnet {
namespace {

int32_t check_tokens(bn_context* context, const bn_batch& b, uint64_t* n_wanted) {
  *n_wanted = 0;
  FixedMap& ends = context->sequence_ends;
  ends.clear();
  for (uint32_t i = 0; i < b.n_tokens; ++i) {
    const int32_t token = b.tokens[i], position = b.positions[i], sequence = b.sequences[i];
    if (token < 0 || static_cast<uint32_t>(token) >= context->model->hparams.n_vocab) {
      return BN_ERROR_TOKEN;
    }
    if (position < 0 || static_cast<uint32_t>(position) >= context->max_positions) {
      return BN_ERROR_POSITION;
    }
    if (sequence < 0 || static_cast<uint32_t>(sequence) >= b.n_sequences) {
      return BN_ERROR_SEQUENCE;
    }
    bool first;
    int64_t& end = ends.find_or_add(static_cast<uint64_t>(sequence), position, &first);
    if (!first && position != end + 1) return BN_ERROR_POSITION;
    end = position;
    if (b.want_logits != nullptr) {
      if (b.want_logits[i] > 1) return BN_ERROR_ARGUMENT;
      *n_wanted += b.want_logits[i];
    }
  }
  return BN_OK;
}

// Entry of the page table, as one number, for a token.
uint64_t entry_of(const bn_batch& b, uint32_t i) {
  return static_cast<uint64_t>(b.sequences[i]) * b.pages_per_sequence +
         static_cast<uint64_t>(b.positions[i]) / BN_KV_PAGE_TOKENS;
}

// Every page that is read or written must exist, and a page that one entry of the table writes may
// not be named by another entry in use: its positions would overwrite each other.
int32_t check_pages(bn_context* context, const bn_kv& kv, const bn_batch& b) {
  FixedMap& written = context->written_pages;
  written.clear();
  for (uint32_t i = 0; i < b.n_tokens; ++i) {
    if (static_cast<uint32_t>(b.positions[i]) / BN_KV_PAGE_TOKENS >= b.pages_per_sequence) {
      return BN_ERROR_PAGE;
    }
    const uint64_t entry = entry_of(b, i);
    const int32_t page = b.pages[entry];
    if (page < 0 || static_cast<uint32_t>(page) >= kv.n_pages) return BN_ERROR_PAGE;
    bool first;
    const int64_t owner =
        written.find_or_add(static_cast<uint64_t>(page), static_cast<int64_t>(entry), &first);
    if (owner != static_cast<int64_t>(entry)) return BN_ERROR_PAGE;
  }
  for (uint32_t i = 0; i < b.n_tokens; ++i) {
    // Once per sequence, at its last token.
    if (*context->sequence_ends.find(static_cast<uint64_t>(b.sequences[i])) != b.positions[i]) {
      continue;
    }
    const uint64_t last = entry_of(b, i);
    const uint64_t first = static_cast<uint64_t>(b.sequences[i]) * b.pages_per_sequence;
    for (uint64_t entry = first; entry <= last; ++entry) {
      const int32_t page = b.pages[entry];
      if (page < 0 || static_cast<uint32_t>(page) >= kv.n_pages) return BN_ERROR_PAGE;
      const int64_t* owner = written.find(static_cast<uint64_t>(page));
      if (owner != nullptr && *owner != static_cast<int64_t>(entry)) return BN_ERROR_PAGE;
    }
  }
  return BN_OK;
}

int32_t check_taps(const bn_model& model, const bn_batch& b, uint64_t n_wanted) {
  if (b.taps_bytes % sizeof(bn_tap) != 0) return BN_ERROR_ARGUMENT;
  if (b.taps_bytes > 0 && b.taps == nullptr) return BN_ERROR_NULL;
  for (uint64_t i = 0; i < b.taps_bytes / sizeof(bn_tap); ++i) {
    const bn_tap& tap = b.taps[i];
    if (tap.op >= BN_OP_COUNT) return BN_ERROR_ARGUMENT;
    if (tap.layer >= (op_has_layer(tap.op) ? model.hparams.n_layers : 1)) {
      return BN_ERROR_ARGUMENT;
    }
    if (tap.data == nullptr) return BN_ERROR_NULL;
    const bool only_wanted = tap.op == BN_OP_OUTPUT_NORM || tap.op == BN_OP_LOGITS;
    const uint64_t tokens = only_wanted ? n_wanted : b.n_tokens;
    if (tap.bytes < tokens * op_width(model, tap.op) * sizeof(float)) {
      return BN_ERROR_BUFFER_TOO_SMALL;
    }
  }
  return BN_OK;
}

}  // namespace

uint64_t op_width(const bn_model& model, uint32_t op) {
  switch (op) {
    case BN_OP_Q:
    case BN_OP_Q_ROPE:
    case BN_OP_ATTENTION:
    case BN_OP_ATTN_SUB_NORM: return model.attn_width();
    case BN_OP_K:
    case BN_OP_V:
    case BN_OP_K_ROPE: return model.kv_width();
    case BN_OP_FFN_GATE:
    case BN_OP_FFN_UP:
    case BN_OP_FFN_ACTIVATION:
    case BN_OP_FFN_SUB_NORM: return model.hparams.n_ff;
    case BN_OP_LOGITS: return model.hparams.n_vocab;
    default: return model.hparams.n_embd;
  }
}

bool op_has_layer(uint32_t op) {
  return op != BN_OP_EMBEDDING && op != BN_OP_OUTPUT_NORM && op != BN_OP_LOGITS;
}

int32_t check_batch(bn_context* context, const bn_kv& kv, const bn_batch& b, uint64_t* n_wanted) {
  if (b.size != sizeof(bn_batch)) return BN_ERROR_STRUCT_SIZE;
  if (kv.model != context->model) return BN_ERROR_MISMATCH;
  if (b.n_tokens < 1 || b.n_tokens > context->max_batch_tokens) return BN_ERROR_ARGUMENT;
  if (b.n_sequences < 1 || b.pages_per_sequence < 1 || b.reserved != 0) return BN_ERROR_ARGUMENT;
  if (b.tokens == nullptr || b.positions == nullptr || b.sequences == nullptr ||
      b.pages == nullptr) {
    return BN_ERROR_NULL;
  }
  int32_t status = check_tokens(context, b, n_wanted);
  if (status == BN_OK) status = check_pages(context, kv, b);
  if (status == BN_OK) status = check_taps(*context->model, b, *n_wanted);
  return status;
}

}  // namespace bitnet
