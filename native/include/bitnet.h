/*
 * bitnet.h - the whole contract of the bitnet4j native engine.
 *
 * The engine computes; it does not open files, parse metadata, allocate sequences or choose tokens.
 * A caller maps a model file, validates it, and hands over read-only regions plus a table that says
 * where each tensor lies. The engine re-checks every entry before it believes it.
 *
 * Rules that hold for every function:
 *  - It returns a bn_status. On anything but BN_OK no output has been written, unless its comment says
 *    otherwise.
 *  - Buffers come as pointer and size in bytes; a buffer larger than needed is fine.
 *  - A struct that begins with `size` must have it set to sizeof(the struct) by the caller.
 *  - A const handle may be shared by any number of threads; a non-const handle belongs to one caller
 *    at a time, except bn_pool, which synchronises itself.
 *  - The library never prints, aborts, throws or exits. Any weight bits, any token id and any position
 *    are memory-safe.
 *  - All values are little-endian, in the byte order of the machine; big-endian machines are not
 *    supported.
 *
 * The order of every floating-point operation is fixed by native/ARITHMETIC.md: results are equal bit
 * for bit for every kernel, thread count and batch composition.
 */
#ifndef BITNET_H
#define BITNET_H

#include <stdint.h>

#if defined(_WIN32)
#define BN_API __declspec(dllexport)
#else
#define BN_API __attribute__((visibility("default")))
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* Changes with any incompatible change of this header. */
enum { BN_ABI_VERSION = 1 };

/* Longest supported dot product; keeps 2 * 127 * columns far inside int32. */
enum { BN_MAX_COLUMNS = 1 << 20 };

/* Positions held by one KV page. */
enum { BN_KV_PAGE_TOKENS = 32 };

/* Most logits for which a screened head is of use; see bn_batch. */
enum { BN_MAX_HIGHEST = 1024 };

/* What a function returns. */
enum bn_status {
  BN_OK = 0,
  BN_ERROR_NULL = 1,             /* a required pointer is NULL */
  BN_ERROR_STRUCT_SIZE = 2,      /* a struct's size field is not what this library was built with */
  BN_ERROR_OUT_OF_MEMORY = 3,
  BN_ERROR_ARGUMENT = 4,         /* a number lies outside its documented range */
  BN_ERROR_BUFFER_TOO_SMALL = 5, /* a buffer holds fewer bytes than the result or input needs */
  BN_ERROR_UNKNOWN_KERNEL = 6,   /* kernel index >= bn_kernel_count() */
  BN_ERROR_KERNEL_NOT_RUNNABLE = 7, /* this CPU or operating system lacks what the kernel needs */
  BN_ERROR_THREADS = 8,          /* the operating system refused to start a thread */
  BN_ERROR_HPARAMS = 9,          /* hyperparameters outside their documented range or inconsistent */
  BN_ERROR_TENSOR_SLOT = 10,     /* tensor table: unknown slot or layer */
  BN_ERROR_TENSOR_DUPLICATE = 11,
  BN_ERROR_TENSOR_MISSING = 12,
  BN_ERROR_TENSOR_TYPE = 13,     /* type or layout not supported in this slot */
  BN_ERROR_TENSOR_SHAPE = 14,    /* rows or columns differ from what the hyperparameters demand */
  BN_ERROR_TENSOR_RANGE = 15,    /* bytes wrong for the shape, misaligned, or outside its region */
  BN_ERROR_TOKEN = 16,           /* batch: token id outside the vocabulary */
  BN_ERROR_POSITION = 17,        /* batch: position outside the context or out of order */
  BN_ERROR_SEQUENCE = 18,        /* batch: sequence index outside the page table */
  BN_ERROR_PAGE = 19,            /* batch: a needed page is missing, outside the store, or shared by
                                    two sequences that would write it */
  BN_ERROR_MISMATCH = 20,        /* handles that belong to different models */
  BN_ERROR_KERNEL_TABLE = 21,    /* a field of a kernel table is not as bitnet_kernels.h demands */
  BN_ERROR_KERNEL_RESULT = 22,   /* a function of a kernel build does not give the right result */
  BN_ERROR_KERNEL_LIMIT = 23,    /* no room for another kernel build */
  BN_ERROR_TENSOR_VALUE = 24     /* weights that are infinite, NaN, or not what a type can hold */
};

/* Tensor element types, numbered as in GGUF. */
enum bn_type {
  BN_TYPE_F32 = 0,
  BN_TYPE_F16 = 1,
  BN_TYPE_Q4_0 = 2,  /* blocks of 32 in 18 bytes: f16 scale, 4-bit codes */
  BN_TYPE_Q8_0 = 8,  /* blocks of 32 in 34 bytes: f16 scale, int8 */
  BN_TYPE_Q6_K = 14, /* blocks of 256 in 210 bytes: 6-bit codes, int8 scales of 16, f16 scale */
  BN_TYPE_BF16 = 30,
  BN_TYPE_I2_S = 36 /* ternary, 2 bits each, one f32 scale at byte rows*cols/4, 32 bytes of tail */
};

/*
 * Placement of 2-bit codes in an I2_S tensor (code - 1 is the weight: 0 -> -1, 1 -> 0, 2 -> +1, and
 * the unused 3 -> +2). Elements are numbered row by row; high bits come first.
 */
enum bn_layout {
  BN_LAYOUT_BLOCK_128 = 0, /* byte 32i+p: elements 128i+p, +32, +64, +96 (the published files) */
  BN_LAYOUT_BLOCK_64 = 1,  /* byte 16i+p: elements 64i+p, +16, +32, +48 */
  BN_LAYOUT_ROW_4 = 2      /* byte g*cols+c: rows 4g, 4g+1, 4g+2, 4g+3 at column c */
};

/* Where a tensor goes; rows of a type with blocks hold whole ones. Shapes are [rows][cols] of the matrix that multiplies a column vector. */
enum bn_slot {
  BN_SLOT_TOKEN_EMBD = 0,     /* [n_vocab][n_embd]             F32 F16 BF16 Q8_0 Q6_K Q4_0 */
  BN_SLOT_OUTPUT_NORM = 1,    /* [1][n_embd]                   F32 F16 BF16 */
  BN_SLOT_OUTPUT = 2,         /* [n_vocab][n_embd]             likewise; absent: token_embd */
  BN_SLOT_ATTN_NORM = 3,      /* [1][n_embd]                   F32 F16 BF16, one per layer */
  BN_SLOT_ATTN_Q = 4,         /* [n_heads*head_dim][n_embd]    I2_S */
  BN_SLOT_ATTN_K = 5,         /* [n_kv_heads*head_dim][n_embd] I2_S */
  BN_SLOT_ATTN_V = 6,         /* [n_kv_heads*head_dim][n_embd] I2_S */
  BN_SLOT_ATTN_SUB_NORM = 7,  /* [1][n_heads*head_dim]         F32 F16 BF16 */
  BN_SLOT_ATTN_OUTPUT = 8,    /* [n_embd][n_heads*head_dim]    I2_S */
  BN_SLOT_FFN_NORM = 9,       /* [1][n_embd]                   F32 F16 BF16 */
  BN_SLOT_FFN_GATE = 10,      /* [n_ff][n_embd]                I2_S */
  BN_SLOT_FFN_UP = 11,        /* [n_ff][n_embd]                I2_S */
  BN_SLOT_FFN_SUB_NORM = 12,  /* [1][n_ff]                     F32 F16 BF16 */
  BN_SLOT_FFN_DOWN = 13,      /* [n_embd][n_ff]                I2_S */
  BN_SLOT_COUNT = 14
};

/* The gate's activation: relu2 multiplies max(gate,0)^2 by up, silu multiplies gate*sigmoid(gate). */
enum bn_activation { BN_ACTIVATION_RELU2 = 0, BN_ACTIVATION_SILU = 1 };

/*
 * Steps of the forward pass whose results can be tapped, in the order they are computed. Widths in
 * floats per token are given in brackets. BN_OP_EMBEDDING, BN_OP_OUTPUT_NORM and BN_OP_LOGITS have no
 * layer (layer must be 0). Q and K are tapped after RoPE under their own names.
 */
enum bn_op {
  BN_OP_EMBEDDING = 0,      /* [n_embd] */
  BN_OP_ATTN_NORM = 1,      /* [n_embd] */
  BN_OP_Q = 2,              /* [n_heads*head_dim] */
  BN_OP_K = 3,              /* [n_kv_heads*head_dim] */
  BN_OP_V = 4,              /* [n_kv_heads*head_dim] */
  BN_OP_Q_ROPE = 5,         /* [n_heads*head_dim] */
  BN_OP_K_ROPE = 6,         /* [n_kv_heads*head_dim] */
  BN_OP_ATTENTION = 7,      /* [n_heads*head_dim] */
  BN_OP_ATTN_SUB_NORM = 8,  /* [n_heads*head_dim] */
  BN_OP_ATTN_OUTPUT = 9,    /* [n_embd] */
  BN_OP_ATTN_RESIDUAL = 10, /* [n_embd] */
  BN_OP_FFN_NORM = 11,      /* [n_embd] */
  BN_OP_FFN_GATE = 12,      /* [n_ff] */
  BN_OP_FFN_UP = 13,        /* [n_ff] */
  BN_OP_FFN_ACTIVATION = 14, /* [n_ff] */
  BN_OP_FFN_SUB_NORM = 15,  /* [n_ff] */
  BN_OP_FFN_DOWN = 16,      /* [n_embd] */
  BN_OP_FFN_RESIDUAL = 17,  /* [n_embd] */
  BN_OP_OUTPUT_NORM = 18,   /* [n_embd], only tokens that want logits */
  BN_OP_LOGITS = 19,        /* [n_vocab], only tokens that want logits */
  BN_OP_COUNT = 20
};

/* Structs whose size bn_struct_bytes reports, so that bindings can check their layouts at load. */
enum bn_struct {
  BN_STRUCT_KERNEL_INFO = 0,
  BN_STRUCT_HPARAMS = 1,
  BN_STRUCT_REGION = 2,
  BN_STRUCT_TENSOR = 3,
  BN_STRUCT_MODEL_CONFIG = 4,
  BN_STRUCT_KV_CONFIG = 5,
  BN_STRUCT_CONTEXT_CONFIG = 6,
  BN_STRUCT_TAP = 7,
  BN_STRUCT_BATCH = 8,
  BN_STRUCT_KERNEL_FAULT = 9,
  BN_STRUCT_COUNT = 10
};

/* ---- version ------------------------------------------------------------------------------- */

/* The BN_ABI_VERSION this library was built with. Any thread. */
BN_API uint32_t bn_abi_version(void);

/* sizeof the struct named by a bn_struct value, or 0 for an unknown one. Any thread. */
BN_API uint64_t bn_struct_bytes(uint32_t which);

/* ---- kernels ------------------------------------------------------------------------------- */

/* A kernel build: the same functions compiled for one instruction set. */
typedef struct bn_kernel_info {
  uint32_t size;
  uint32_t runnable;     /* 1 when this CPU has the instructions and the OS saves their registers */
  char name[32];         /* NUL-terminated ASCII, such as "avx2"; unique */
  char description[160]; /* NUL-terminated ASCII: what it uses and requires */
} bn_kernel_info;

/*
 * Number of kernel builds: those in this library, at least 1 (index 0 is "scalar"), and those that
 * were registered, which follow them. Any thread.
 */
BN_API uint32_t bn_kernel_count(void);

/* Index of the fastest of this library's own kernel builds that this CPU and OS can run. Any thread. */
BN_API uint32_t bn_kernel_best(void);

/* Describes kernel build `kernel` (0 <= kernel < bn_kernel_count()). Any thread. */
BN_API int32_t bn_kernel_describe(uint32_t kernel, bn_kernel_info *info);

/* What keeps a kernel build from being registered. */
typedef struct bn_kernel_fault {
  uint32_t size;
  uint32_t reserved; /* 0 */
  char entry[32];    /* the field or function at fault, such as "version" or "softmax" */
  uint64_t n;        /* BN_ERROR_KERNEL_RESULT: elements of the input that it went wrong with */
  uint64_t index;    /* likewise: the first wrong element of the result */
  double expected;   /* likewise: what is right; for "version" and "size": the library's */
  double actual;
} bn_kernel_fault;

/*
 * Adds the kernel build that a bn_kernel_table (bitnet_kernels.h) describes and stores its index.
 * Functions that are NULL are taken from the build bn_kernel_best(). Every other one is called on test
 * inputs and held to "scalar". The table, its strings and its functions must stay as they are until the
 * process ends: a build cannot be removed. A table that is registered already gets its index again.
 *
 * BN_ERROR_KERNEL_TABLE or BN_ERROR_KERNEL_RESULT: fault, unless NULL, says where. Also
 * BN_ERROR_KERNEL_NOT_RUNNABLE, BN_ERROR_KERNEL_LIMIT and BN_ERROR_OUT_OF_MEMORY. Any thread.
 */
BN_API int32_t bn_kernel_register(const void *table, uint32_t *kernel, bn_kernel_fault *fault);

/*
 * Adds a kernel build whose ternary product calls `dot`, the I2_S dot product of bitnet.cpp:
 *
 *     void dot(int n, float *s, size_t bs, const void *vx, size_t bx, const void *vy, size_t by,
 *              int nrc)
 *
 * stores in *s the sum of code * q over n weights (a multiple of 128) in layout BLOCK_128 at vx and as
 * many int8 at vy; it is called with bs = bx = by = 0 and nrc = 1, from many threads at once. Its sums
 * are tested first, and it is given at most as many weights at a time as it adds up exactly: the
 * published one adds in 16 bits. All else is that of the build bn_kernel_best(). The build is named
 * "bitnetcpp", the next ones "bitnetcpp2" and so on; there can be 8. `dot` must stay callable until
 * the process ends. Statuses as for bn_kernel_register, with "dot" as the fault's entry. Any thread.
 */
BN_API int32_t bn_kernel_register_dot(const void *dot, uint32_t *kernel, bn_kernel_fault *fault);

/* ---- threads ------------------------------------------------------------------------------- */

/*
 * Worker threads that contexts borrow for the length of one forward pass. A pool may serve any number
 * of contexts and models. When two forward passes overlap, the one that finds the pool taken computes
 * alone on its calling thread: the result is the same, and nobody waits.
 */
typedef struct bn_pool bn_pool;

/*
 * Makes a pool in which a forward pass uses n_threads threads (1..1024), the caller's included, so
 * n_threads - 1 are started. Idle workers sleep. Any thread.
 */
BN_API int32_t bn_pool_create(uint32_t n_threads, bn_pool **pool);

/* Threads a forward pass uses, the caller's included; 0 for NULL. Any thread. */
BN_API uint32_t bn_pool_threads(const bn_pool *pool);

/* Stops and joins the workers. No context may use the pool any more. NULL is fine. */
BN_API void bn_pool_destroy(bn_pool *pool);

/* ---- model --------------------------------------------------------------------------------- */

/* Hyperparameters. n_embd, n_ff and n_heads*head_dim must be multiples of 128 (rows of I2_S). */
typedef struct bn_hparams {
  uint32_t n_layers;     /* 1..1024 */
  uint32_t n_embd;       /* 128..65536 */
  uint32_t n_ff;         /* 128..BN_MAX_COLUMNS */
  uint32_t n_heads;      /* 1..1024 */
  uint32_t n_kv_heads;   /* 1..n_heads, divides n_heads */
  uint32_t head_dim;     /* 2..1024, even */
  uint32_t n_vocab;      /* 1..2^24 */
  uint32_t activation;   /* bn_activation */
  float rms_epsilon;     /* added to the mean square; finite, >= 0 */
  float attention_scale; /* multiplies q.k, usually 1/sqrt(head_dim); finite */
} bn_hparams;

/* Read-only bytes that tensors lie in, such as a mapped file. */
typedef struct bn_region {
  const void *data;
  uint64_t bytes;
} bn_region;

/* One tensor: bytes [offset, offset+bytes) of regions[region]. Offsets are multiples of 4. */
typedef struct bn_tensor {
  uint32_t slot;   /* bn_slot */
  uint32_t layer;  /* 0 for slots without a layer */
  uint32_t type;   /* bn_type */
  uint32_t layout; /* bn_layout; 0 unless type is I2_S */
  uint32_t region; /* index into bn_model_config.regions */
  uint32_t reserved; /* 0 */
  uint64_t offset;
  uint64_t bytes; /* exactly what type and shape demand */
  uint64_t rows;
  uint64_t cols;
} bn_tensor;

/* Bits of bn_model_config.flags. */
typedef enum bn_model_flag {
  /*
   * Keep a copy of all weights in memory of the model's own, in large pages where the OS has them:
   * reading those takes less time than reading a mapped file. The regions are then borrowed for the
   * call only.
   */
  BN_MODEL_COPY_WEIGHTS = 1
} bn_model_flag;

typedef struct bn_model_config {
  uint32_t size;
  uint32_t kernel; /* index of a runnable kernel build */
  bn_hparams hparams;
  uint32_t flags;    /* bits of bn_model_flag; others must be 0 */
  uint32_t reserved; /* 0 */
  const bn_region *regions;
  uint64_t regions_bytes; /* count * sizeof(bn_region) */
  const bn_tensor *tensors;
  uint64_t tensors_bytes; /* count * sizeof(bn_tensor) */
} bn_model_config;

/* Weights ready to compute with. Immutable: share it freely between threads. */
typedef struct bn_model bn_model;

/*
 * Checks the table and makes a model. The regions are borrowed until bn_model_destroy, unless flags say
 * otherwise; config and the tables are not. Tensors in layouts other than BLOCK_128, and norms, are
 * always copied. When a tensor is at
 * fault and failed_tensor is not NULL, its index in the table is stored there (for
 * BN_ERROR_TENSOR_MISSING: slot + layer * BN_SLOT_COUNT of the missing one). Any thread.
 */
BN_API int32_t bn_model_create(const bn_model_config *config, bn_model **model,
                               uint64_t *failed_tensor);

/*
 * Replaces the head by one of fewer bits: of `type` BN_TYPE_Q8_0 or BN_TYPE_Q6_K, made of the head's own
 * values, in memory of the model's own. Lossy: logits become those of the rounded head, the same for every
 * kernel build (ARITHMETIC.md, "Requantised heads"). Embeddings are still read from token_embd, even where
 * that was the head. The caller owns the model for the call, and no context may have been made from it.
 * The pool's threads share the work. On failure the head is as it was: BN_ERROR_ARGUMENT for another type,
 * or when the model has a screened head already; BN_ERROR_TENSOR_SHAPE when n_embd is no multiple of the
 * type's block; BN_ERROR_TENSOR_TYPE when the head has no more bits than that as it is;
 * BN_ERROR_TENSOR_VALUE.
 */
BN_API int32_t bn_model_requantize_head(bn_model *model, bn_pool *pool, uint32_t type);

/*
 * Adds a copy of the ternary weights in five bits for three of them, five sixths of the codes' bytes, with
 * which passes of one token compute: faster where memory is the limit, and where looking sums up is faster
 * than multiplying. Passes of several tokens still read the codes. All results stay the same to the bit.
 * The caller owns the model for the call, and no context may have been made from it. The pool's threads
 * share the work. On failure the model is as it was: BN_ERROR_ARGUMENT when its weights are packed
 * already; BN_ERROR_TENSOR_VALUE when a code is 3, which stands for no ternary weight.
 */
BN_API int32_t bn_model_pack_weights(bn_model *model, bn_pool *pool);

/*
 * Adds an 8-bit copy of the head, n_vocab * (n_embd + 12) bytes, by which passes that need only the highest
 * logits (bn_batch.highest) compute few rows of the stored head. Their logits stay the same to the bit. A
 * head with weights that are infinite or NaN gets no copy: all its rows are computed, as without this
 * call. Call it after bn_model_requantize_head, if that is called. The caller owns the model for the
 * call, and no context may have been made from it. The pool's threads share the work. BN_ERROR_ARGUMENT
 * when the model has a screened head already, or its head is of type Q6_K, which is smaller than the copy
 * and multiplies integers.
 */
BN_API int32_t bn_model_screen_head(bn_model *model, bn_pool *pool);

/* Bytes of memory the model owns beside the borrowed regions; 0 for NULL. Any thread. */
BN_API uint64_t bn_model_bytes(const bn_model *model);

/* Frees the model. No KV store or context made from it may exist any more. NULL is fine. */
BN_API void bn_model_destroy(bn_model *model);

/* ---- KV cache ------------------------------------------------------------------------------ */

/*
 * Keys and values in pages of BN_KV_PAGE_TOKENS positions over all layers. Which sequence owns which
 * page is the caller's business; the engine reads and writes the pages that a batch's table names.
 */
typedef struct bn_kv bn_kv;

typedef struct bn_kv_config {
  uint32_t size;
  uint32_t type;    /* BN_TYPE_F16, BN_TYPE_F32 or BN_TYPE_Q8_0 */
  uint32_t n_pages; /* 1..2^24 */
} bn_kv_config;

/* Makes a store of zeroed pages; the OS commits their memory when first written. Any thread. */
BN_API int32_t bn_kv_create(const bn_model *model, const bn_kv_config *config, bn_kv **kv);

/* Bytes of one page; 0 for NULL. Any thread. */
BN_API uint64_t bn_kv_page_bytes(const bn_kv *kv);

/*
 * Copies page from_page of `from` onto page to_page of `to` (which may be the same store). Both must
 * be made from the same model with the same type. The caller owns both for the call.
 */
BN_API int32_t bn_kv_copy_page(bn_kv *to, uint32_t to_page, const bn_kv *from, uint32_t from_page);

/* Frees the store. NULL is fine. */
BN_API void bn_kv_destroy(bn_kv *kv);

/* ---- forward pass -------------------------------------------------------------------------- */

/* Scratch memory for forward passes. One caller at a time. */
typedef struct bn_context bn_context;

typedef struct bn_context_config {
  uint32_t size;
  uint32_t max_batch_tokens; /* 1..65536: tokens one bn_forward may carry */
  uint32_t max_positions;    /* 1..2^24: rows of the RoPE tables */
  uint32_t reserved;         /* 0 */
  const float *rope_cos;     /* [max_positions][head_dim/2], borrowed until bn_context_destroy */
  const float *rope_sin;     /* likewise */
  uint64_t rope_bytes;       /* bytes of each table */
} bn_context_config;

/* Makes a context on a model and a pool, both of which must outlive it. Any thread. */
BN_API int32_t bn_context_create(const bn_model *model, bn_pool *pool,
                                 const bn_context_config *config, bn_context **context);

/* Bytes of scratch the context owns; 0 for NULL. Any thread. */
BN_API uint64_t bn_context_bytes(const bn_context *context);

/*
 * Stores what bn_context_bytes will tell of a context, before there is a model: with these
 * hyperparameters, kernel build `kernel` (a runnable one), a pool of n_threads (1..1024), and
 * max_batch_tokens and max_positions as in bn_context_config; screened_head is 1 when the model will
 * have a screened head, else 0. Allocates nothing. BN_ERROR_NULL, BN_ERROR_UNKNOWN_KERNEL,
 * BN_ERROR_KERNEL_NOT_RUNNABLE, BN_ERROR_HPARAMS, or BN_ERROR_ARGUMENT for the others. Any thread.
 */
BN_API int32_t bn_context_bytes_for(const bn_hparams *hparams, uint32_t kernel, uint32_t n_threads,
                                    uint32_t max_batch_tokens, uint32_t max_positions,
                                    uint32_t screened_head, uint64_t *bytes);

/* Frees the context. NULL is fine. */
BN_API void bn_context_destroy(bn_context *context);

/* Asks for a copy of one step's result: [tokens][width] floats, in batch order. */
typedef struct bn_tap {
  uint32_t op;    /* bn_op */
  uint32_t layer; /* 0 for ops without a layer */
  float *data;
  uint64_t bytes;
} bn_tap;

/*
 * Tokens to process together. Token i is tokens[i] at positions[i] of sequence sequences[i]. Within a
 * sequence positions must ascend by one in batch order, and everything before the first of them must
 * have been processed earlier. Row s of the page table names the pages of sequence s: position p lies
 * in pages[s * pages_per_sequence + p / BN_KV_PAGE_TOKENS].
 */
typedef struct bn_batch {
  uint32_t size;
  uint32_t n_tokens;           /* 1..max_batch_tokens */
  const int32_t *tokens;       /* [n_tokens], 0..n_vocab-1 */
  const int32_t *positions;    /* [n_tokens], 0..max_positions-1 */
  const int32_t *sequences;    /* [n_tokens], 0..n_sequences-1 */
  const int32_t *pages;        /* [n_sequences][pages_per_sequence]; unused entries may be -1 */
  uint32_t n_sequences;        /* >= 1 */
  uint32_t pages_per_sequence; /* >= 1 */
  const uint8_t *want_logits;  /* [n_tokens], 0 or 1; NULL: none */
  const bn_tap *taps;          /* NULL: none */
  uint64_t taps_bytes;         /* count * sizeof(bn_tap) */
  uint32_t highest;            /* how many of the highest logits matter; 0: all of them */
  uint32_t reserved;           /* 0 */
} bn_batch;

/*
 * Runs the model over a batch, appends its keys and values to the pages, and stores one row of n_vocab
 * logits per wanted token, in batch order. logits may be NULL when none is wanted. Nothing, not even a
 * page, is written unless the whole batch is valid. The caller owns context and kv for the call.
 *
 * With batch->highest = k > 0, a logit below the k-th highest of its row may be stored as -infinity; every
 * other one is the same to the bit as with 0. That is faster when the model has a screened head and k is at
 * most BN_MAX_HIGHEST; otherwise all logits are computed.
 */
BN_API int32_t bn_forward(bn_context *context, bn_kv *kv, const bn_batch *batch, float *logits,
                          uint64_t logits_bytes);

/*
 * Rows of the stored head that the context's last bn_forward computed, n_vocab for each wanted token unless
 * the screened head spared some; 0 for NULL. The caller owns the context for the call.
 */
BN_API uint64_t bn_context_head_rows(const bn_context *context);

/* ---- single steps -------------------------------------------------------------------------- */

/*
 * The kernels one by one, so that a port can be checked step by step. `kernel` names a runnable build;
 * matrices are row-major; inputs and outputs may not overlap unless said so. Any thread; runs on the
 * calling thread alone.
 */

/* Quantises each row of x[n_rows][n_cols] to q (int8, same shape) with one scale per row. */
BN_API int32_t bn_op_quantize(uint32_t kernel, uint64_t n_rows, uint64_t n_cols, const float *x,
                              uint64_t x_bytes, int8_t *q, uint64_t q_bytes, float *scales,
                              uint64_t scales_bytes);

/*
 * y[n_tokens][rows] from quantised q[n_tokens][cols] with scales[n_tokens] and an I2_S matrix
 * [rows][cols] in layout BLOCK_128 (rows*cols/4 + 32 bytes). cols: a multiple of 128 up to
 * BN_MAX_COLUMNS.
 */
BN_API int32_t bn_op_ternary_matmul(uint32_t kernel, uint64_t n_tokens, uint64_t rows,
                                    uint64_t cols, const uint8_t *weights, uint64_t weights_bytes,
                                    const int8_t *q, uint64_t q_bytes, const float *scales,
                                    uint64_t scales_bytes, float *y, uint64_t y_bytes);

/* y[n] = RMS norm of x[n] times weight[n]. y may be x. */
BN_API int32_t bn_op_rms_norm(uint32_t kernel, uint64_t n, const float *x, const float *weight,
                              float epsilon, float *y, uint64_t bytes_each);

/* Rotates x[n_heads][head_dim] in place by cos and sin [head_dim/2], pairing i with i+head_dim/2. */
BN_API int32_t bn_op_rope(uint32_t kernel, uint64_t n_heads, uint64_t head_dim, float *x,
                          uint64_t x_bytes, const float *cos, const float *sin,
                          uint64_t table_bytes);

/*
 * rows[n_rows] from x[n_rows][head_dim]: keys or values as a KV store of kv_type keeps them. A row is
 * head_dim elements of F16 or F32; of Q8_0 it is the f16 scales of every 32 elements (the last may be
 * fewer) and then head_dim int8, 2 * ceil(head_dim / 32) + head_dim bytes.
 */
BN_API int32_t bn_op_kv_rows(uint32_t kernel, uint32_t kv_type, uint64_t n_rows, uint64_t head_dim,
                             const float *x, uint64_t x_bytes, uint8_t *rows, uint64_t rows_bytes);

/*
 * One query token against n_positions keys and values: out[n_heads][head_dim] from
 * q[n_heads][head_dim] and k, v [n_kv_heads][n_positions] rows of head_dim elements of kv_type F16,
 * F32 or Q8_0, as bn_op_kv_rows makes them. n_positions is at most INT32_MAX.
 */
BN_API int32_t bn_op_attention(uint32_t kernel, uint64_t n_heads, uint64_t n_kv_heads,
                               uint64_t head_dim, uint64_t n_positions, float scale, const float *q,
                               uint64_t q_bytes, uint32_t kv_type, const void *k, const void *v,
                               uint64_t kv_bytes_each, float *out, uint64_t out_bytes);

/* y[n] = activation(gate[n]) * up[n]. y may be gate or up. */
BN_API int32_t bn_op_activation(uint32_t kernel, uint32_t activation, uint64_t n, const float *gate,
                                const float *up, float *y, uint64_t bytes_each);

/*
 * logits[rows] = W[rows][cols] x[cols], W of type F32, F16, BF16, Q8_0, Q6_K or Q4_0; cols is a
 * multiple of the type's block.
 */
BN_API int32_t bn_op_head(uint32_t kernel, uint32_t type, uint64_t rows, uint64_t cols,
                          const void *weights, uint64_t weights_bytes, const float *x,
                          uint64_t x_bytes, float *logits, uint64_t logits_bytes);

/* y[i] = the engine's exp(x[i]). y may be x. */
BN_API int32_t bn_op_exp(uint32_t kernel, uint64_t n, const float *x, float *y,
                         uint64_t bytes_each);

/* ---- limits of the machine ----------------------------------------------------------------- */

/*
 * What no kernel can exceed, to hold measured speeds against. Both use the pool's threads and take
 * some tenths of a second. Leave the pool idle meanwhile: while a forward pass holds it, the calling
 * thread is measured alone. Any thread.
 */

/*
 * Bytes that the pool's threads read from memory in a second: the best of several passes over a buffer
 * of so many bytes (a multiple of 64, at least 64), which is allocated, filled and freed by this call.
 * Choose it many times as large as the caches, or those are measured.
 */
BN_API int32_t bn_measure_read_bandwidth(bn_pool *pool, uint64_t bytes, double *bytes_per_second);

/*
 * Multiply-adds of 8-bit integers that the pool's threads do in a second with the instructions of
 * kernel build `kernel` (a runnable one), without any loads: the best of several passes. 0 when the
 * build does not offer this measurement.
 */
BN_API int32_t bn_measure_multiply_adds(uint32_t kernel, bn_pool *pool, double *per_second);

#ifdef __cplusplus
}
#endif

#endif /* BITNET_H */
