package bulwark.doctor.bundle;

import bulwark.kernel.evidence.tlog.NoteKey;
import bulwark.kernel.evidence.tlog.NoteRefused;
import bulwark.kernel.evidence.tlog.TlogPolicy;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A policy of C2SP (logs, witnesses, quorum) and the doctors whose statements count. A doctor's line is a comment to any other reader, so
 * that one file serves all of them: {@code #doctor:key KEY FROM UNTIL}, where KEY is the text of its cosigner's key, FROM and UNTIL are
 * times of ISO 8601, and UNTIL is {@code -} while the key is in service. Immutable.
 */
public record PosturePolicy(TlogPolicy logs, List<DoctorKey> doctors) {
    private static final String DIRECTIVE = "#doctor:";

    public PosturePolicy {
        doctors = List.copyOf(doctors);
    }

    /** @throws NoteRefused with the line and what is wrong */
    public static PosturePolicy parse(byte[] file) throws NoteRefused {
        TlogPolicy logs = TlogPolicy.parse(file);
        List<DoctorKey> doctors = new ArrayList<>();
        int number = 0;
        for (String line : new String(file, StandardCharsets.UTF_8).split("\n", -1)) {
            number++;
            String directive = line.replace('\t', ' ').strip();
            if (directive.startsWith(DIRECTIVE)) {
                DoctorKey doctor = doctor(directive, number);
                if (doctors.stream().anyMatch(other -> other.key().equals(doctor.key()))) {
                    throw new NoteRefused("line " + number + " of the policy names a doctor that stands above already");
                }
                doctors.add(doctor);
            }
        }
        if (doctors.isEmpty()) {
            throw new NoteRefused("the policy names no doctor: add a line " + DIRECTIVE + "key KEY FROM -");
        }
        return new PosturePolicy(logs, doctors);
    }

    private static DoctorKey doctor(String line, int number) throws NoteRefused {
        String[] words = line.substring(DIRECTIVE.length()).split(" +", -1);
        if (words.length != 4 || !words[0].equals("key")) {
            throw new NoteRefused("line " + number + " of the policy is not: " + DIRECTIVE + "key KEY FROM UNTIL");
        }
        try {
            NoteKey key = NoteKey.parse(words[1]);
            Instant from = Instant.parse(words[2]);
            Instant until = words[3].equals("-") ? null : Instant.parse(words[3]);
            if (key.type() == NoteKey.Type.COSIGNATURE && (until == null || from.isBefore(until))) {
                return new DoctorKey(key, from, until);
            }
        } catch (DateTimeException e) {
            throw new NoteRefused("line " + number + " of the policy has a time that is not of ISO 8601, in UTC");
        }
        throw new NoteRefused("line " + number
                + " of the policy gives a doctor a key that is no cosigner's, or an end before its beginning");
    }

    /** Null when no doctor has a key of this name. @param hint as bundles have it */
    @Nullable
    public DoctorKey doctor(String hint) {
        return doctors.stream()
                .filter(doctor -> DsseEnvelope.keyId(doctor.key().publicKey()).equals(hint))
                .findFirst()
                .orElse(null);
    }

    /** The text of a policy of one log and one doctor, which must cosign. @param logKeys of the log */
    public static String of(List<NoteKey> logKeys, NoteKey doctor, Instant from) {
        StringBuilder text = new StringBuilder();
        logKeys.forEach(key -> text.append("log ").append(key.text()).append('\n'));
        return text.append("witness doctor ")
                .append(doctor.text())
                .append("\nquorum doctor\n")
                .append(DIRECTIVE)
                .append("key ")
                .append(doctor.text())
                .append(' ')
                .append(from)
                .append(" -\n")
                .toString();
    }
}
