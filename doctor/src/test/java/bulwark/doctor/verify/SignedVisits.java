package bulwark.doctor.verify;

import bulwark.doctor.bundle.PostureArchive;
import bulwark.doctor.bundle.PosturePolicy;
import bulwark.doctor.bundle.PostureStatement;
import bulwark.kernel.evidence.tlog.NoteRefused;
import bulwark.kernel.time.SettableClock;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A doctor that visited several times: its bundles and the policy by which they are judged. */
record SignedVisits(List<byte[]> bundles, byte[] policyText, Instant now) {
    static final Instant START = Instant.parse("2026-11-28T12:00:00Z");
    static final byte[] REPORT = "{\"probes\":[]}\n".getBytes(StandardCharsets.UTF_8);

    static SignedVisits some(Path folder, int count) throws IOException {
        SettableClock clock = new SettableClock(START);
        List<byte[]> bundles = new ArrayList<>();
        try (PostureArchive archive = PostureArchive.open(folder.resolve("doctor"), clock)) {
            for (int number = 0; number < count; number++) {
                Instant started = clock.instant();
                clock.advance(Duration.ofSeconds(4));
                Path file = archive.write(
                        folder.resolve("bundles"),
                        REPORT,
                        Map.of("log.checkpoint", "ab".repeat(32)),
                        new PostureStatement.Visited("state-0123", "visit-" + number, started, clock.instant()),
                        probes(),
                        null);
                bundles.add(Files.readAllBytes(file));
                clock.advance(Duration.ofMinutes(15));
            }
            return new SignedVisits(bundles, Files.readAllBytes(archive.policyFile()), clock.instant());
        }
    }

    private static PostureStatement.Verdicts probes() {
        return new PostureStatement.Verdicts(
                List.of("HOST-FILES-01", "HOST-FILES-02", "HOST-USER-01"),
                List.of("HOST-CORE-01"),
                List.of("HOST-DEBUG-01"),
                List.of("HOST-DISK-01"),
                List.of("HOST-BOX-01"),
                List.of("HOST-OPEN-01"));
    }

    String policy() {
        return new String(policyText, StandardCharsets.UTF_8);
    }

    PostureVerifier verifier(String policy) throws NoteRefused {
        return new PostureVerifier(
                PosturePolicy.parse(policy.getBytes(StandardCharsets.UTF_8)), bulwark.kernel.signing.Signing.fastest());
    }

    PostureVerifier verifier() throws NoteRefused {
        return verifier(policy());
    }
}
