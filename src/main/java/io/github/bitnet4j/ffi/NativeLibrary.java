package io.github.bitnet4j.ffi;

import io.github.bitnet4j.bindings.BitNetNative;
import io.github.bitnet4j.bindings.bn_batch;
import io.github.bitnet4j.bindings.bn_context_config;
import io.github.bitnet4j.bindings.bn_hparams;
import io.github.bitnet4j.bindings.bn_kernel_fault;
import io.github.bitnet4j.bindings.bn_kernel_info;
import io.github.bitnet4j.bindings.bn_kv_config;
import io.github.bitnet4j.bindings.bn_model_config;
import io.github.bitnet4j.bindings.bn_region;
import io.github.bitnet4j.bindings.bn_tap;
import io.github.bitnet4j.bindings.bn_tensor;
import java.lang.foreign.GroupLayout;
import java.lang.foreign.SymbolLookup;
import java.nio.file.Path;
import java.util.Map;

/**
 * The native half of bitnet4j, loaded once per JVM when first needed.
 *
 * <p>The system property {@value #PATH_PROPERTY} names the library file, or the folder it lies in.
 * Without it the library comes out of the jar: it is kept in the user's cache folder ({@code
 * $XDG_CACHE_HOME/bitnet4j}, else {@code ~/.cache/bitnet4j}) under the SHA-256 of its content, or,
 * where that folder cannot be used, in a fresh private temporary folder.
 *
 * <p>Safe for use by any thread.
 */
public final class NativeLibrary {

  /** System property: the library file, or a folder that holds it. */
  public static final String PATH_PROPERTY = "bitnet4j.library.path";

  private static final String USE_MATCHING =
      "Use the library of the same release, or leave out -D"
          + PATH_PROPERTY
          + " to use the one in the jar.";

  /** The layouts of the bindings by the number bn_struct_bytes knows them under. */
  private static final Map<Integer, GroupLayout> STRUCTS =
      Map.of(
          BitNetNative.BN_STRUCT_KERNEL_FAULT(), bn_kernel_fault.layout(),
          BitNetNative.BN_STRUCT_KERNEL_INFO(), bn_kernel_info.layout(),
          BitNetNative.BN_STRUCT_HPARAMS(), bn_hparams.layout(),
          BitNetNative.BN_STRUCT_REGION(), bn_region.layout(),
          BitNetNative.BN_STRUCT_TENSOR(), bn_tensor.layout(),
          BitNetNative.BN_STRUCT_MODEL_CONFIG(), bn_model_config.layout(),
          BitNetNative.BN_STRUCT_KV_CONFIG(), bn_kv_config.layout(),
          BitNetNative.BN_STRUCT_CONTEXT_CONFIG(), bn_context_config.layout(),
          BitNetNative.BN_STRUCT_TAP(), bn_tap.layout(),
          BitNetNative.BN_STRUCT_BATCH(), bn_batch.layout());

  private NativeLibrary() {}

  /**
   * Loads the library unless that has been done. Call it before the first use of the bindings.
   *
   * @return the file the library was loaded from
   * @throws NativeLibraryException when it cannot be loaded or does not fit these bindings; every
   *     later call fails in the same way
   */
  public static Path load() {
    return switch (Holder.OUTCOME) {
      case Loaded(Path file) -> file;
      case Failed(NativeLibraryException e) -> throw new NativeLibraryException(e.getMessage(), e);
    };
  }

  /** The version of the interface between these bindings and the library; loads nothing. */
  public static int abiVersion() {
    return BitNetNative.BN_ABI_VERSION();
  }

  private sealed interface Outcome {}

  private record Loaded(Path file) implements Outcome {}

  private record Failed(NativeLibraryException exception) implements Outcome {}

  /** The class initialiser is the lock: it runs once, and other threads wait for it. */
  private static final class Holder {
    static final Outcome OUTCOME = attempt();

    private static Outcome attempt() {
      try {
        // System.load ties the library to the class loader of the class that calls it, which must
        // be
        // the one of the bindings: they look their symbols up there.
        var file = NativeLibraryLoader.fromSystem(path -> System.load(path.toString())).load();
        checkContract(file);
        return new Loaded(file);
      } catch (NativeLibraryException e) {
        return new Failed(e);
      }
    }
  }

  private static void checkContract(Path file) {
    // The version first: until it fits, nothing else in the library may be believed.
    if (SymbolLookup.loaderLookup().find("bn_abi_version").isEmpty()) {
      throw new NativeLibraryException(
          file + " is not a bitnet4j library: it has no function bn_abi_version", null);
    }
    checkVersion(file, BitNetNative.bn_abi_version(), BitNetNative.BN_ABI_VERSION());
    STRUCTS.forEach(
        (which, layout) -> checkStruct(file, layout, BitNetNative.bn_struct_bytes(which)));
  }

  static void checkVersion(Path file, int actual, int expected) {
    if (actual != expected) {
      throw new NativeLibraryException(
          "%s has ABI version %d, and this bitnet4j needs version %d. %s"
              .formatted(file, Integer.toUnsignedLong(actual), expected, USE_MATCHING),
          null);
    }
  }

  static void checkStruct(Path file, GroupLayout layout, long actualBytes) {
    if (actualBytes != layout.byteSize()) {
      throw new NativeLibraryException(
          "%s was built with a struct %s of %d bytes, and this bitnet4j has one of %d. %s"
              .formatted(
                  file, layout.name().orElseThrow(), actualBytes, layout.byteSize(), USE_MATCHING),
          null);
    }
  }
}
