package bulwark.kernel.evidence.journal;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.kernel.evidence.heads.LogKeys;
import bulwark.kernel.signing.Signing;
import bulwark.kernel.time.SettableClock;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A journal of small segments in a folder of its own. */
@Timeout(120)
abstract class JournalTestBase {
    static final Journal.Options SMALL = new Journal.Options(8 << 10, 10_000);
    final SettableClock clock = new SettableClock(Instant.parse("2026-11-27T18:00:00Z"));

    @TempDir
    Path folder;

    Journal open() {
        return Journal.open(journalFolder(), SMALL, new SecureRandom(), clock);
    }

    Path journalFolder() {
        return folder.resolve("journal");
    }

    LogKeys keys() {
        return LogKeys.open(folder.resolve("keys"), Signing.fastest(), clock);
    }

    List<String> check() throws IOException {
        return JournalCheck.run(journalFolder(), keys());
    }

    List<String> texts() throws IOException {
        List<String> texts = new ArrayList<>();
        new JournalReader(journalFolder()).read(Instant.EPOCH, (number, at, record) -> {
            assertThat(texts.isEmpty() || number == firstNumber[0] + texts.size())
                    .isTrue();
            if (texts.isEmpty()) {
                firstNumber[0] = number;
            }
            texts.add(new String(record, StandardCharsets.UTF_8));
            return true;
        });
        return texts;
    }

    final long[] firstNumber = {0};

    static void appendDurable(Journal journal, String text) {
        CompletableFuture<Boolean> durable = new CompletableFuture<>();
        assertThat(journal.append(out -> out.raw(bytes(text)), problem -> durable.complete(problem == null)))
                .isTrue();
        assertThat(durable.orTimeout(60, TimeUnit.SECONDS).join()).isTrue();
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
