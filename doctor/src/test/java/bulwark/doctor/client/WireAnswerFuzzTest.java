package bulwark.doctor.client;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.net.URI;

/** Whatever a target sends: an answer with a status, or a refusal with a sentence. */
class WireAnswerFuzzTest {
    @FuzzTest(maxDuration = "5s")
    void bytes_are_an_answer_or_refused(byte[] bytes) {
        try {
            WireAnswer answer = WireAnswer.parse(URI.create("http://localhost"), bytes, bytes.length, true);
            assertThat(answer.status()).isBetween(100, 599);
            assertThat(answer.json()).isNotNull();
        } catch (IOException refused) {
            assertThat(refused.getMessage()).isNotBlank();
        }
    }
}
