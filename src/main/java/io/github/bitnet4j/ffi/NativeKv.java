package io.github.bitnet4j.ffi;

import io.github.bitnet4j.bindings.BitNetNative;
import io.github.bitnet4j.bindings.bn_kv_config;
import java.lang.foreign.MemorySegment;

/**
 * Keys and values of all layers, in pages of {@link #PAGE_TOKENS} positions. One caller at a time;
 * the model it was made from must outlive it.
 */
public final class NativeKv extends NativeHandle {
  /** Positions in one page. */
  public static final int PAGE_TOKENS = BitNetNative.BN_KV_PAGE_TOKENS();

  /** Makes a store of {@code pages} zeroed pages; memory is committed when first written. */
  public NativeKv(NativeModel model, KvType type, int pages) {
    super(
        "creating a KV cache of %d pages of %s".formatted(pages, type),
        (out, scratch) -> {
          MemorySegment config = bn_kv_config.allocate(scratch);
          bn_kv_config.size(config, (int) bn_kv_config.sizeof());
          bn_kv_config.type(config, type.code());
          bn_kv_config.n_pages(config, pages);
          return BitNetNative.bn_kv_create(model.address(), config, out);
        },
        BitNetNative::bn_kv_destroy);
  }

  /** Bytes of one page. */
  public long pageBytes() {
    return BitNetNative.bn_kv_page_bytes(address());
  }

  /** Copies page {@code fromPage} of {@code from} onto page {@code toPage} of this store. */
  public void copyPage(int toPage, NativeKv from, int fromPage) {
    Status.check(
        BitNetNative.bn_kv_copy_page(address(), toPage, from.address(), fromPage),
        "copying KV page " + fromPage);
  }
}
