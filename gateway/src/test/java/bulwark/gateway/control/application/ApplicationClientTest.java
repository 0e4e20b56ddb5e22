package bulwark.gateway.control.application;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ApplicationClientTest {
    /** Names of tenants and of applications may hold hyphens. */
    @Test
    void applications_of_two_tenants_never_share_a_client() {
        assertThat(ApplicationResource.clientId("a", "b-c")).isNotEqualTo(ApplicationResource.clientId("a-b", "c"));
        assertThat(ApplicationResource.clientId("acme", "shop")).isEqualTo("stoa.acme.shop");
    }
}
