#include "runtime/model.h"

#include <math.h>
#include <string.h>

#include "ops/dense.h"
#include "ops/relayout.h"

namespace bitnet {
namespace {

constexpr uint64_t kTernaryTailBytes = 32;  // the scale and what the format pads it with

enum class Kind { kDense, kNorm, kTernary };

// What the hyperparameters demand of a slot.
struct Demand {
  Kind kind;
  bool per_layer;
  bool optional;
  uint64_t rows;
  uint64_t cols;
};

Demand demand_of(const bn_model& model, uint32_t slot) {
  const bn_hparams& h = model.hparams;
  const uint64_t embd = h.n_embd, ff = h.n_ff, vocab = h.n_vocab;
  const uint64_t attn = model.attn_width(), kv = model.kv_width();
  switch (slot) {
    case BN_SLOT_TOKEN_EMBD: return {Kind::kDense, false, false, vocab, embd};
    case BN_SLOT_OUTPUT_NORM: return {Kind::kNorm, false, false, 1, embd};
    case BN_SLOT_OUTPUT: return {Kind::kDense, false, true, vocab, embd};
    case BN_SLOT_ATTN_NORM: return {Kind::kNorm, true, false, 1, embd};
    case BN_SLOT_ATTN_Q: return {Kind::kTernary, true, false, attn, embd};
    case BN_SLOT_ATTN_K: return {Kind::kTernary, true, false, kv, embd};
    case BN_SLOT_ATTN_V: return {Kind::kTernary, true, false, kv, embd};
    case BN_SLOT_ATTN_SUB_NORM: return {Kind::kNorm, true, false, 1, attn};
    case BN_SLOT_ATTN_OUTPUT: return {Kind::kTernary, true, false, embd, attn};
    case BN_SLOT_FFN_NORM: return {Kind::kNorm, true, false, 1, embd};
    case BN_SLOT_FFN_GATE: return {Kind::kTernary, true, false, ff, embd};
    case BN_SLOT_FFN_UP: return {Kind::kTernary, true, false, ff, embd};
    case BN_SLOT_FFN_SUB_NORM: return {Kind::kNorm, true, false, 1, ff};
    default: return {Kind::kTernary, true, false, embd, ff};  // BN_SLOT_FFN_DOWN
  }
}

bool type_fits(const Demand& demand, const bn_tensor& t) {
  if (demand.kind == Kind::kDense) {
    return t.layout == 0 && dense_row_bytes(t.type, demand.cols) != 0;
  }
  if (demand.kind == Kind::kNorm) {
    return t.layout == 0 &&
           (t.type == BN_TYPE_F32 || t.type == BN_TYPE_F16 || t.type == BN_TYPE_BF16);
  }
  if (t.type != BN_TYPE_I2_S) return false;
  // Layout ROW_4 packs four whole rows together.
  if (t.layout == BN_LAYOUT_ROW_4) return demand.rows % 4 == 0;
  return t.layout == BN_LAYOUT_BLOCK_128 || t.layout == BN_LAYOUT_BLOCK_64;
}

// rows * cols is at most 2^24 * 2^16: no product here overflows.
uint64_t bytes_of(const bn_tensor& t) {
  if (t.type == BN_TYPE_I2_S) return t.rows * t.cols / 4 + kTernaryTailBytes;
  return t.rows * dense_row_bytes(t.type, t.cols);
}

int32_t check_tensor(const bn_model& model, const bn_tensor& t, const bn_region* regions,
                     uint64_t n_regions) {
  const Demand demand = demand_of(model, t.slot);
  if (t.reserved != 0) return BN_ERROR_ARGUMENT;
  if (!type_fits(demand, t)) return BN_ERROR_TENSOR_TYPE;
  if (t.rows != demand.rows || t.cols != demand.cols) return BN_ERROR_TENSOR_SHAPE;
  if (t.region >= n_regions) return BN_ERROR_TENSOR_RANGE;
  const bn_region& region = regions[t.region];
  if (region.data == nullptr) return BN_ERROR_NULL;
  const bool inside = t.bytes <= region.bytes && t.offset <= region.bytes - t.bytes;
  const bool aligned =
      t.offset % 4 == 0 && (reinterpret_cast<uintptr_t>(region.data) + t.offset) % 4 == 0;
  if (t.bytes != bytes_of(t) || !inside || !aligned) return BN_ERROR_TENSOR_RANGE;
  return BN_OK;
}

// Where a layer keeps the tensor of a slot.
TernaryMatrix* ternary_field(ModelLayer* layer, uint32_t slot) {
  switch (slot) {
    case BN_SLOT_ATTN_Q: return &layer->q.codes;
    case BN_SLOT_ATTN_K: return &layer->k.codes;
    case BN_SLOT_ATTN_V: return &layer->v.codes;
    case BN_SLOT_ATTN_OUTPUT: return &layer->attn_output.codes;
    case BN_SLOT_FFN_GATE: return &layer->gate.codes;
    case BN_SLOT_FFN_UP: return &layer->up.codes;
    default: return &layer->down.codes;
  }
}

const float** norm_field(bn_model* model, uint32_t slot, uint32_t layer) {
  switch (slot) {
    case BN_SLOT_OUTPUT_NORM: return &model->output_norm;
    case BN_SLOT_ATTN_NORM: return &model->layers[layer].attn_norm;
    case BN_SLOT_ATTN_SUB_NORM: return &model->layers[layer].attn_sub_norm;
    case BN_SLOT_FFN_NORM: return &model->layers[layer].ffn_norm;
    default: return &model->layers[layer].ffn_sub_norm;
  }
}

constexpr uint64_t kCopyAlignment = 64;

// Bytes of a checked tensor's copy; 0 when it stays where it is.
uint64_t copy_bytes(const bn_model& model, const bn_tensor& t, bool copy_weights) {
  switch (demand_of(model, t.slot).kind) {
    case Kind::kNorm: return t.cols * sizeof(float);
    case Kind::kDense: return copy_weights ? t.bytes : 0;
    default: return copy_weights || t.layout != BN_LAYOUT_BLOCK_128 ? t.rows * t.cols / 4 : 0;
  }
}

uint64_t aligned(uint64_t bytes) {
  return (bytes + kCopyAlignment - 1) / kCopyAlignment * kCopyAlignment;
}

// Takes over a checked tensor: from where its data lie or, unless copy is NULL, with a copy there.
void place_tensor(bn_model* model, const bn_tensor& t, const uint8_t* data, uint8_t* copy) {
  switch (demand_of(*model, t.slot).kind) {
    case Kind::kDense: {
      if (copy != nullptr) memcpy(copy, data, t.bytes);
      (t.slot == BN_SLOT_OUTPUT ? model->output : model->token_embd) = {
          copy != nullptr ? copy : data, t.type, dense_row_bytes(t.type, t.cols)};
      return;
    }
    case Kind::kNorm: {
      float* norm = reinterpret_cast<float*>(copy);
      model->kernel->widen(t.type, data, t.cols, norm);
      *norm_field(model, t.slot, t.layer) = norm;
      return;
    }
    default: break;
  }
  TernaryMatrix* matrix = ternary_field(&model->layers[t.layer], t.slot);
  *matrix = {copy != nullptr ? copy : data, t.rows, t.cols, 0};
  memcpy(&matrix->scale, data + t.rows * t.cols / 4, sizeof matrix->scale);
  if (t.layout != BN_LAYOUT_BLOCK_128) {
    relayout_to_block_128(t.layout, t.rows, t.cols, data, copy);
  } else if (copy != nullptr) {
    memcpy(copy, data, t.rows * t.cols / 4);
  }
}

}  // namespace

int32_t check_hparams(const bn_hparams& h) {
  const auto within = [](uint64_t value, uint64_t low, uint64_t high) {
    return value >= low && value <= high;
  };
  const uint64_t attn_width = uint64_t{h.n_heads} * h.head_dim;
  const bool ok = within(h.n_layers, 1, 1024) && within(h.n_embd, 128, 65536) &&
                  h.n_embd % 128 == 0 && within(h.n_ff, 128, BN_MAX_COLUMNS) &&
                  h.n_ff % 128 == 0 && within(h.n_heads, 1, 1024) &&
                  within(h.n_kv_heads, 1, h.n_heads) && h.n_heads % h.n_kv_heads == 0 &&
                  within(h.head_dim, 2, 1024) && h.head_dim % 2 == 0 && attn_width % 128 == 0 &&
                  within(h.n_vocab, 1, 1 << 24) && h.activation <= BN_ACTIVATION_SILU &&
                  isfinite(h.rms_epsilon) && h.rms_epsilon >= 0 && isfinite(h.attention_scale);
  return ok ? BN_OK : BN_ERROR_HPARAMS;
}

int32_t load_tensors(bn_model* model, const bn_region* regions, uint64_t n_regions,
                     const bn_tensor* tensors, uint64_t n_tensors, bool copy_weights,
                     uint64_t* failed_tensor) {
  const uint64_t n_layers = model->hparams.n_layers;
  Array<bool> seen;  // [layer][slot]
  if (!seen.allocate(n_layers * BN_SLOT_COUNT) || !model->layers.allocate(n_layers)) {
    return BN_ERROR_OUT_OF_MEMORY;
  }
  const auto fail = [failed_tensor](int32_t status, uint64_t which) {
    if (failed_tensor != nullptr) *failed_tensor = which;
    return status;
  };

  // Check everything before the first copy is made: a bad table costs no memory.
  for (uint64_t i = 0; i < n_tensors; ++i) {
    const bn_tensor& t = tensors[i];
    if (t.slot >= BN_SLOT_COUNT) return fail(BN_ERROR_TENSOR_SLOT, i);
    if (t.layer >= (demand_of(*model, t.slot).per_layer ? n_layers : 1)) {
      return fail(BN_ERROR_TENSOR_SLOT, i);
    }
    bool& seen_here = seen[t.layer * BN_SLOT_COUNT + t.slot];
    if (seen_here) return fail(BN_ERROR_TENSOR_DUPLICATE, i);
    seen_here = true;
    const int32_t status = check_tensor(*model, t, regions, n_regions);
    if (status != BN_OK) return fail(status, i);
  }
  for (uint64_t layer = 0; layer < n_layers; ++layer) {
    for (uint32_t slot = 0; slot < BN_SLOT_COUNT; ++slot) {
      const Demand demand = demand_of(*model, slot);
      const bool needed = !demand.optional && (demand.per_layer || layer == 0);
      const uint64_t which = layer * BN_SLOT_COUNT + slot;
      if (needed && !seen[which]) return fail(BN_ERROR_TENSOR_MISSING, which);
    }
  }

  // One block, as most tensors are smaller than a large page; the head can be replaced, so it is apart.
  uint64_t all_copies = 0, head_bytes = 0;
  for (uint64_t i = 0; i < n_tensors; ++i) {
    const uint64_t bytes = copy_bytes(*model, tensors[i], copy_weights);
    (tensors[i].slot == BN_SLOT_OUTPUT ? head_bytes : all_copies) += aligned(bytes);
  }
  if (!model->copies.allocate(all_copies)) return BN_ERROR_OUT_OF_MEMORY;
  if (head_bytes > 0 && !model->own_head.allocate(head_bytes)) return BN_ERROR_OUT_OF_MEMORY;
  prefer_huge_pages(model->copies.data(), model->copies.bytes());
  prefer_huge_pages(model->own_head.data(), model->own_head.bytes());
  uint8_t* place = model->copies.data();
  for (uint64_t i = 0; i < n_tensors; ++i) {
    const bn_tensor& t = tensors[i];
    const uint64_t bytes = copy_bytes(*model, t, copy_weights);
    const uint8_t* data = static_cast<const uint8_t*>(regions[t.region].data) + t.offset;
    if (bytes == 0) {
      place_tensor(model, t, data, nullptr);
    } else if (t.slot == BN_SLOT_OUTPUT) {
      place_tensor(model, t, data, model->own_head.data());
    } else {
      place_tensor(model, t, data, place);
      place += aligned(bytes);
    }
  }
  if (!seen[BN_SLOT_OUTPUT]) model->output = model->token_embd;
  return BN_OK;
}

}  // namespace bitnet
