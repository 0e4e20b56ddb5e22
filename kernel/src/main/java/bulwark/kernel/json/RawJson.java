package bulwark.kernel.json;

/**
 * JSON text rendered before, which {@link StrictJson#write} copies as it is. The caller vouches that it is one whole JSON
 * value; {@link CanonicalJson} refuses it, because nothing proves that it is canonical.
 */
public record RawJson(String text) {}
