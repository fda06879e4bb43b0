#include "bitnet.h"

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
    default: return 0;
  }
}
