package bulwark.app;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class KeyAgesJobTest {
    @Test
    void a_certificate_and_an_api_key_are_called_what_they_are() {
        assertThat(KeyAgesJob.displayName("certificate")).isEqualTo("the fact node's certificate");
        assertThat(KeyAgesJob.displayName("api_key")).isEqualTo("the fact node's API key that expires first");
        assertThat(KeyAgesJob.displayName("issuer")).isEqualTo("the fact node's issuer key");
    }
}
