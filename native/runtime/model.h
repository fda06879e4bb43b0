// A model: checked tensors, ready to compute with. Immutable once made.
#ifndef BITNET_RUNTIME_MODEL_H
#define BITNET_RUNTIME_MODEL_H

#include "include/bitnet.h"
#include "kernels/table.h"
#include "ops/linear.h"
#include "runtime/array.h"
#include "runtime/screened_head.h"

namespace bitnet {

// An embedding or a head, in the caller's region or in a copy.
struct DenseMatrix {
  const uint8_t* data;
  uint32_t type;
  uint64_t row_bytes;

  const uint8_t* row(uint64_t r) const { return data + r * row_bytes; }
};

// The weights of one layer. Norms are F32 copies; codes lie in the caller's region or in a copy; packed
// weights are there when bn_model_pack_weights made them.
struct ModelLayer {
  const float* attn_norm;      // [n_embd]
  const float* attn_sub_norm;  // [attn_width]
  const float* ffn_norm;       // [n_embd]
  const float* ffn_sub_norm;   // [n_ff]
  TernaryWeights q, k, v, attn_output, gate, up, down;
};

}  // namespace bitnet

struct bn_model {
  bn_hparams hparams;
  const bitnet::KernelTable* kernel;

  bitnet::DenseMatrix token_embd;
  bitnet::DenseMatrix output;  // token_embd when the table has none
  const float* output_norm;
  bitnet::Array<bitnet::ModelLayer> layers;
  bitnet::ScreenedHead screened_head;  // ready when bn_model_screen_head made it so

  bitnet::Array<uint8_t> copies;    // of tensors, but for a head that is not token_embd
  bitnet::Array<uint8_t> own_head;  // that head's copy, or a requantised head
  bitnet::Array<uint8_t> packed_weights;

  uint64_t attn_width() const { return uint64_t{hparams.n_heads} * hparams.head_dim; }
  uint64_t kv_width() const { return uint64_t{hparams.n_kv_heads} * hparams.head_dim; }

  bitnet::StoredHead head() const {
    return {*kernel, output.type, output.data, hparams.n_vocab, hparams.n_embd, output.row_bytes};
  }

  uint64_t owned_bytes() const {
    return sizeof(bn_model) + copies.bytes() + own_head.bytes() + packed_weights.bytes() +
           layers.bytes() + screened_head.bytes();
  }
};

namespace bitnet {

// BN_OK or BN_ERROR_HPARAMS.
int32_t check_hparams(const bn_hparams& hparams);

// Fills a model whose hparams (checked) and kernel are set. copy_weights asks for copies of all tensors,
// not only of those that must be placed or converted otherwise. On failure *failed_tensor, when it is not
// NULL, is set as bn_model_create documents it.
int32_t load_tensors(bn_model* model, const bn_region* regions, uint64_t n_regions,
                     const bn_tensor* tensors, uint64_t n_tensors, bool copy_weights,
                     uint64_t* failed_tensor);

}  // namespace bitnet

#endif
