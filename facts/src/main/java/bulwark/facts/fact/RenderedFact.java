package bulwark.facts.fact;

import org.jspecify.annotations.Nullable;

/**
 * A fact that was read and checked, as answers show it.
 *
 * @param packed see {@link RenderedFactCodec}
 * @param length bytes of {@link #json}
 * @param instruction the fact is to be interpreted as an instruction
 * @param expires microseconds since the epoch from which on the fact is no longer valid; {@link Long#MAX_VALUE} for never
 * @param until microseconds since the epoch after which the rendering may be wrong
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record RenderedFact(
        String id,
        String tenant,
        String scope,
        @Nullable String gardenId,
        byte[] packed,
        int length,
        boolean contradicted,
        boolean instruction,
        double confidence,
        long expires,
        long until) {

    /** The wire form of {@link FactRecord} as it is read. A new array. */
    public byte[] json() {
        return RenderedFactCodec.expand(packed);
    }

    /** Writes {@link #json} into a part of an array. @return the place behind it */
    public int copy(byte[] into, int at) {
        return RenderedFactCodec.expand(packed, into, at);
    }
}
