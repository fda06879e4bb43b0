// Version, kernels, pools, models, KV stores and contexts: argument checks and calls.
#include <string.h>

#include "include/bitnet.h"
#include "kernels/registry.h"
#include "ops/kv_row.h"
#include "runtime/context.h"
#include "runtime/external_kernels.h"
#include "runtime/forward.h"
#include "runtime/packed_weights.h"
#include "runtime/requantized_head.h"
#include "runtime/batch.h"

using namespace bitnet;

uint32_t bn_abi_version(void) { return BN_ABI_VERSION; }

uint64_t bn_struct_bytes(uint32_t which) {
  switch (which) {
    case BN_STRUCT_KERNEL_INFO: return sizeof(bn_kernel_info);
    case BN_STRUCT_HPARAMS: return sizeof(bn_hparams);
    case BN_STRUCT_REGION: return sizeof(bn_region);
    case BN_STRUCT_TENSOR: return sizeof(bn_tensor);
    case BN_STRUCT_MODEL_CONFIG: return sizeof(bn_model_config);
    case BN_STRUCT_KV_CONFIG: return sizeof(bn_kv_config);
    case BN_STRUCT_CONTEXT_CONFIG: return sizeof(bn_context_config);
    case BN_STRUCT_TAP: return sizeof(bn_tap);
    case BN_STRUCT_BATCH: return sizeof(bn_batch);
    case BN_STRUCT_KERNEL_FAULT: return sizeof(bn_kernel_fault);
    default: return 0;
  }
}

// ---- kernels ----

uint32_t bn_kernel_count(void) { return kernel_count(); }

uint32_t bn_kernel_best(void) { return kernel_best(); }

int32_t bn_kernel_describe(uint32_t kernel, bn_kernel_info* info) {
  if (info == nullptr) return BN_ERROR_NULL;
  if (info->size != sizeof(bn_kernel_info)) return BN_ERROR_STRUCT_SIZE;
  if (kernel >= kernel_count()) return BN_ERROR_UNKNOWN_KERNEL;
  const KernelTable& table = kernel_at(kernel);
  info->runnable = kernel_runnable(kernel) ? 1 : 0;
  const auto copy = [](char* to, size_t room, const char* from) {
    memset(to, 0, room);
    const size_t n = strlen(from);
    memcpy(to, from, n < room ? n : room - 1);
  };
  copy(info->name, sizeof info->name, table.name);
  copy(info->description, sizeof info->description, table.description);
  return BN_OK;
}

namespace {

// Calls f(index, fault) and stores what it gives, as far as the caller wants it.
template <typename F>
int32_t register_kernel(const void* address, uint32_t* kernel, bn_kernel_fault* fault, F f) {
  if (address == nullptr || kernel == nullptr) return BN_ERROR_NULL;
  if (fault != nullptr && fault->size != sizeof(bn_kernel_fault)) return BN_ERROR_STRUCT_SIZE;
  const DefaultFloatMode float_mode;
  uint32_t index;
  bn_kernel_fault found = {};
  found.size = sizeof found;
  const int32_t status = f(&index, &found);
  if (status == BN_OK) *kernel = index;
  const bool has_fault = status == BN_ERROR_KERNEL_TABLE || status == BN_ERROR_KERNEL_RESULT;
  if (has_fault && fault != nullptr) *fault = found;
  return status;
}

}  // namespace

int32_t bn_kernel_register(const void* table, uint32_t* kernel, bn_kernel_fault* fault) {
  return register_kernel(table, kernel, fault, [&](uint32_t* index, bn_kernel_fault* found) {
    return register_table(static_cast<const KernelTable*>(table), index, found);
  });
}

int32_t bn_kernel_register_dot(const void* dot, uint32_t* kernel, bn_kernel_fault* fault) {
  return register_kernel(dot, kernel, fault, [&](uint32_t* index, bn_kernel_fault* found) {
    // A function's address came as a plain one, which every supported platform allows.
    return register_dot(reinterpret_cast<DotFunction>(const_cast<void*>(dot)), index, found);
  });
}

// ---- threads ----

namespace {

bool thread_count_ok(uint32_t n_threads) { return n_threads >= 1 && n_threads <= 1024; }

}  // namespace

int32_t bn_pool_create(uint32_t n_threads, bn_pool** pool) {
  if (pool == nullptr) return BN_ERROR_NULL;
  if (!thread_count_ok(n_threads)) return BN_ERROR_ARGUMENT;
  bn_pool* made = make_object<bn_pool>();
  if (made == nullptr) return BN_ERROR_OUT_OF_MEMORY;
  const int32_t status = made->start(n_threads);
  if (status != BN_OK) {
    bn_pool_destroy(made);
    return status;
  }
  *pool = made;
  return BN_OK;
}

uint32_t bn_pool_threads(const bn_pool* pool) { return pool == nullptr ? 0 : pool->n_threads; }

void bn_pool_destroy(bn_pool* pool) {
  if (pool == nullptr) return;
  pool->stop();
  destroy_object(pool);
}

// ---- model ----

int32_t bn_model_create(const bn_model_config* config, bn_model** model, uint64_t* failed_tensor) {
  if (config == nullptr || model == nullptr) return BN_ERROR_NULL;
  if (config->size != sizeof(bn_model_config)) return BN_ERROR_STRUCT_SIZE;
  if (config->kernel >= kernel_count()) return BN_ERROR_UNKNOWN_KERNEL;
  if (!kernel_runnable(config->kernel)) return BN_ERROR_KERNEL_NOT_RUNNABLE;
  if (config->regions == nullptr || config->tensors == nullptr) return BN_ERROR_NULL;
  if (config->regions_bytes % sizeof(bn_region) != 0 ||
      config->tensors_bytes % sizeof(bn_tensor) != 0 || config->reserved != 0 ||
      (config->flags & ~uint32_t{BN_MODEL_COPY_WEIGHTS}) != 0) {
    return BN_ERROR_ARGUMENT;
  }
  const int32_t hparams_status = check_hparams(config->hparams);
  if (hparams_status != BN_OK) return hparams_status;

  const DefaultFloatMode float_mode;
  bn_model* made = make_object<bn_model>();
  if (made == nullptr) return BN_ERROR_OUT_OF_MEMORY;
  made->hparams = config->hparams;
  made->kernel = &kernel_at(config->kernel);
  const bool copy_weights = (config->flags & BN_MODEL_COPY_WEIGHTS) != 0;
  const int32_t status = load_tensors(
      made, config->regions, config->regions_bytes / sizeof(bn_region), config->tensors,
      config->tensors_bytes / sizeof(bn_tensor), copy_weights, failed_tensor);
  if (status != BN_OK) {
    destroy_object(made);
    return status;
  }
  *model = made;
  return BN_OK;
}

int32_t bn_model_requantize_head(bn_model* model, bn_pool* pool, uint32_t type) {
  if (model == nullptr || pool == nullptr) return BN_ERROR_NULL;
  const DefaultFloatMode float_mode;
  return requantize_head(model, pool, type);
}

int32_t bn_model_pack_weights(bn_model* model, bn_pool* pool) {
  if (model == nullptr || pool == nullptr) return BN_ERROR_NULL;
  return pack_weights(model, pool);
}

int32_t bn_model_screen_head(bn_model* model, bn_pool* pool) {
  if (model == nullptr || pool == nullptr) return BN_ERROR_NULL;
  if (model->screened_head.ready() || model->head().type == BN_TYPE_Q6_K) return BN_ERROR_ARGUMENT;
  const DefaultFloatMode float_mode;
  return model->screened_head.build(model->head(), pool);
}

uint64_t bn_model_bytes(const bn_model* model) { return model == nullptr ? 0 : model->owned_bytes(); }

void bn_model_destroy(bn_model* model) { destroy_object(model); }

// ---- KV cache ----

int32_t bn_kv_create(const bn_model* model, const bn_kv_config* config, bn_kv** kv) {
  if (model == nullptr || config == nullptr || kv == nullptr) return BN_ERROR_NULL;
  if (config->size != sizeof(bn_kv_config)) return BN_ERROR_STRUCT_SIZE;
  if (kv_row_bytes(config->type, 1) == 0) return BN_ERROR_ARGUMENT;
  if (config->n_pages < 1 || config->n_pages > 1u << 24) return BN_ERROR_ARGUMENT;
  bn_kv* made = make_object<bn_kv>();
  if (made == nullptr) return BN_ERROR_OUT_OF_MEMORY;
  const int32_t status = made->allocate(*model, *config);
  if (status != BN_OK) {
    destroy_object(made);
    return status;
  }
  *kv = made;
  return BN_OK;
}

uint64_t bn_kv_page_bytes(const bn_kv* kv) { return kv == nullptr ? 0 : kv->page_bytes; }

int32_t bn_kv_copy_page(bn_kv* to, uint32_t to_page, const bn_kv* from, uint32_t from_page) {
  if (to == nullptr || from == nullptr) return BN_ERROR_NULL;
  if (to->model != from->model || to->type != from->type) return BN_ERROR_MISMATCH;
  if (to_page >= to->n_pages || from_page >= from->n_pages) return BN_ERROR_PAGE;
  memmove(to->pages.data() + to_page * to->page_bytes,
          from->pages.data() + from_page * from->page_bytes, to->page_bytes);
  return BN_OK;
}

void bn_kv_destroy(bn_kv* kv) { destroy_object(kv); }

// ---- forward pass ----

namespace {

bool context_limits_ok(uint32_t max_batch_tokens, uint32_t max_positions) {
  return max_batch_tokens >= 1 && max_batch_tokens <= 65536 && max_positions >= 1 &&
         max_positions <= 1u << 24;
}

}  // namespace

int32_t bn_context_create(const bn_model* model, bn_pool* pool, const bn_context_config* config,
                          bn_context** context) {
  if (model == nullptr || pool == nullptr || config == nullptr || context == nullptr) {
    return BN_ERROR_NULL;
  }
  if (config->size != sizeof(bn_context_config)) return BN_ERROR_STRUCT_SIZE;
  if (!context_limits_ok(config->max_batch_tokens, config->max_positions) || config->reserved != 0) {
    return BN_ERROR_ARGUMENT;
  }
  if (config->rope_cos == nullptr || config->rope_sin == nullptr) return BN_ERROR_NULL;
  const uint64_t rope_bytes =
      uint64_t{config->max_positions} * (model->hparams.head_dim / 2) * sizeof(float);
  if (config->rope_bytes < rope_bytes) return BN_ERROR_BUFFER_TOO_SMALL;

  bn_context* made = make_object<bn_context>();
  if (made == nullptr) return BN_ERROR_OUT_OF_MEMORY;
  const int32_t status = made->allocate(*model, pool, *config);
  if (status != BN_OK) {
    destroy_object(made);
    return status;
  }
  *context = made;
  return BN_OK;
}

uint64_t bn_context_head_rows(const bn_context* context) {
  return context == nullptr ? 0 : context->head_rows;
}

uint64_t bn_context_bytes(const bn_context* context) {
  return context == nullptr ? 0 : context->bytes();
}

int32_t bn_context_bytes_for(const bn_hparams* hparams, uint32_t kernel, uint32_t n_threads,
                             uint32_t max_batch_tokens, uint32_t max_positions,
                             uint32_t screened_head, uint64_t* bytes) {
  if (hparams == nullptr || bytes == nullptr) return BN_ERROR_NULL;
  if (kernel >= kernel_count()) return BN_ERROR_UNKNOWN_KERNEL;
  if (!kernel_runnable(kernel)) return BN_ERROR_KERNEL_NOT_RUNNABLE;
  const int32_t hparams_status = check_hparams(*hparams);
  if (hparams_status != BN_OK) return hparams_status;
  if (!thread_count_ok(n_threads) || !context_limits_ok(max_batch_tokens, max_positions) ||
      screened_head > 1) {
    return BN_ERROR_ARGUMENT;
  }
  *bytes = context_bytes_for({*hparams, kernel_at(kernel), n_threads, max_batch_tokens,
                              max_positions, screened_head == 1});
  return BN_OK;
}

void bn_context_destroy(bn_context* context) { destroy_object(context); }

int32_t bn_forward(bn_context* context, bn_kv* kv, const bn_batch* batch, float* logits,
                   uint64_t logits_bytes) {
  if (context == nullptr || kv == nullptr || batch == nullptr) return BN_ERROR_NULL;
  uint64_t n_wanted;
  const int32_t status = check_batch(context, *kv, *batch, &n_wanted);
  if (status != BN_OK) return status;
  if (n_wanted > 0) {
    if (logits == nullptr) return BN_ERROR_NULL;
    if (logits_bytes < n_wanted * context->model->hparams.n_vocab * sizeof(float)) {
      return BN_ERROR_BUFFER_TOO_SMALL;
    }
  }
  forward(context, kv, *batch, n_wanted, logits);
  return BN_OK;
}
