package bulwark.kernel.rotation;

import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One rotation, as its newest line in the journal tells it. Holds no secret. Immutable.
 *
 * @param id unique in the journal
 * @param kind name of its {@link RotationKind}
 * @param effectDone false while the effect of the state may be carried out in part, or not at all
 * @param since when the state was entered
 * @param window how long the old key is accepted beside the new one
 * @param retireAt end of the window; null before the state RETIRING
 * @param names what the kind chose when the rotation was planned: public names of keys and files
 */
public record RotationRecord(
        String id,
        String kind,
        RotationState state,
        boolean effectDone,
        Instant since,
        Duration window,
        @Nullable Instant retireAt,
        Map<String, String> names) {
    public RotationRecord {
        names = Collections.unmodifiableMap(new LinkedHashMap<>(names));
    }

    /** @throws IllegalStateException when the kind chose no such name */
    public String name(String key) {
        String value = names.get(key);
        if (value == null) {
            throw new IllegalStateException("the rotation " + id + " names no " + key);
        }
        return value;
    }

    /** Whether there is nothing left to do. */
    public boolean isFinished() {
        return state.isLast() && effectDone;
    }

    RotationRecord entered(RotationState next, Instant now) {
        Instant end = next == RotationState.RETIRING ? now.plus(window) : retireAt;
        return new RotationRecord(id, kind, next, false, now, window, end, names);
    }

    RotationRecord withEffectDone() {
        return new RotationRecord(id, kind, state, true, since, window, retireAt, names);
    }
}
