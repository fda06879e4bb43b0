// Model shapes that differ in everything the forward pass branches on.
#ifndef BITNET_TEST_SHAPES_H
#define BITNET_TEST_SHAPES_H

#include "test/small_model.h"

constexpr Shape kShapes[] = {
    {"grouped heads, tied F16 head", 2, 128, 256, 4, 2, 32, 50, BN_ACTIVATION_RELU2, BN_TYPE_F16,
     false, BN_LAYOUT_BLOCK_128, false},
    {"SiLU, separate F32 head, odd head size, layout BLOCK_64", 1, 256, 384, 8, 2, 80, 33,
     BN_ACTIVATION_SILU, BN_TYPE_F32, true, BN_LAYOUT_BLOCK_64, false},
    {"16 query heads on one KV head, BF16, layout ROW_4, all codes", 2, 128, 128, 16, 1, 24, 17,
     BN_ACTIVATION_RELU2, BN_TYPE_BF16, false, BN_LAYOUT_ROW_4, true},
    {"Q8_0 embedding and head, three blocks of codes wide", 1, 384, 128, 4, 2, 32, 21,
     BN_ACTIVATION_RELU2, BN_TYPE_Q8_0, true, BN_LAYOUT_BLOCK_128, false},
    {"Q6_K, tied", 1, 256, 128, 2, 1, 64, 19, BN_ACTIVATION_RELU2, BN_TYPE_Q6_K, false,
     BN_LAYOUT_BLOCK_128, false},
    {"Q4_0, tied", 1, 128, 128, 2, 1, 64, 18, BN_ACTIVATION_SILU, BN_TYPE_Q4_0, false,
     BN_LAYOUT_BLOCK_128, false},
};

#endif
