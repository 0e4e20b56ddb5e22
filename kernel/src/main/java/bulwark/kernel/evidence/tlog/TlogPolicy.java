package bulwark.kernel.evidence.tlog;

import bulwark.kernel.signing.Signing;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Which logs count, and which witnesses must have cosigned a checkpoint. Source of the form: C2SP tlog-policy; names are compared as they
 * stand there, byte by byte. Immutable, thread-safe.
 */
public final class TlogPolicy {
    private final List<NoteKey> logs;
    private final Map<String, NoteKey> witnesses;
    private final Quorum quorum;

    TlogPolicy(List<NoteKey> logs, Map<String, NoteKey> witnesses, Quorum quorum) {
        this.logs = List.copyOf(logs);
        this.witnesses = new LinkedHashMap<>(witnesses);
        this.quorum = quorum;
    }

    /** What must have been cosigned. */
    sealed interface Quorum {
        boolean isMet(List<NoteKey> cosigners);
    }

    /** No cosignature is asked for. */
    record NoQuorum() implements Quorum {
        @Override
        public boolean isMet(List<NoteKey> cosigners) {
            return true;
        }
    }

    /** One witness. */
    record Witness(NoteKey key) implements Quorum {
        @Override
        public boolean isMet(List<NoteKey> cosigners) {
            return cosigners.contains(key);
        }
    }

    /** So many of these. */
    record Group(int threshold, List<Quorum> members) implements Quorum {
        @Override
        public boolean isMet(List<NoteKey> cosigners) {
            return members.stream().filter(member -> member.isMet(cosigners)).count() >= threshold;
        }
    }

    /** @throws NoteRefused with the line and what is wrong */
    public static TlogPolicy parse(byte[] file) throws NoteRefused {
        return PolicyLines.read(file);
    }

    public List<NoteKey> logs() {
        return logs;
    }

    /** By their names in the file, in its order. */
    public Map<String, NoteKey> witnesses() {
        return java.util.Collections.unmodifiableMap(witnesses);
    }

    /**
     * What was verified of a checkpoint.
     *
     * @param logKeys keys of the log that signed it, at least one
     * @param cosignatures of witnesses of the policy
     * @param unknownLines how many lines no key of the policy made, which say nothing
     */
    public record Verdict(List<NoteKey.Verified> logKeys, List<NoteKey.Verified> cosignatures, int unknownLines) {}

    /**
     * @throws NoteRefused when no log of the policy signed it, the quorum is not met, or a line of a known key does not verify
     */
    public Verdict verify(SignedNote note, TlogCheckpoint checkpoint, Signing signing) throws NoteRefused {
        List<NoteKey.Verified> signed = new ArrayList<>();
        for (NoteKey log : logs) {
            if (log.name().equals(checkpoint.origin())) {
                add(log.verify(note, checkpoint, signing), signed);
            }
        }
        if (signed.isEmpty()) {
            throw new NoteRefused("no log of the policy signed the checkpoint of " + checkpoint.origin());
        }
        List<NoteKey.Verified> cosigned = new ArrayList<>();
        for (NoteKey witness : witnesses.values()) {
            add(witness.verify(note, checkpoint, signing), cosigned);
        }
        if (!quorum.isMet(cosigned.stream().map(NoteKey.Verified::key).toList())) {
            throw new NoteRefused("the checkpoint is not cosigned by the quorum of the policy");
        }
        return new Verdict(signed, cosigned, unknown(note, signed, cosigned));
    }

    private static void add(NoteKey.@org.jspecify.annotations.Nullable Verified verified, List<NoteKey.Verified> into) {
        if (verified != null) {
            into.add(verified);
        }
    }

    private static int unknown(SignedNote note, List<NoteKey.Verified> signed, List<NoteKey.Verified> cosigned) {
        return (int) note.lines().stream()
                .filter(line -> signed.stream().noneMatch(key -> key.key().made(line))
                        && cosigned.stream().noneMatch(key -> key.key().made(line)))
                .count();
    }
}
