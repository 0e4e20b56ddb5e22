package bulwark.gateway.apikey;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ApplicationClientTest {
    /** Names of tenants and of applications may hold hyphens. */
    @Test
    void applications_of_two_tenants_never_share_a_client() {
        assertThat(ApplicationClients.id("a", "b-c")).isNotEqualTo(ApplicationClients.id("a-b", "c"));
        assertThat(ApplicationClients.id("acme", "shop")).isEqualTo("stoa.acme.shop");
    }
}
