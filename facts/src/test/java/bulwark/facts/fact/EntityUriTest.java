package bulwark.facts.fact;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import bulwark.web.ApiRefusal;
import org.junit.jupiter.api.Test;

class EntityUriTest {
    @Test
    void a_formal_uri_is_lowered_and_its_spaces_become_hyphens() {
        assertThat(EntityUri.normalise(" stigmem://Node/User/Alice \t Smith/X "))
                .isEqualTo("stigmem://node/user/alice-smith/x");
    }

    @Test
    void an_informal_one_is_lowered_whole() {
        assertThat(EntityUri.normalise("Agent:Foo  Bar")).isEqualTo("agent:foo-bar");
        assertThat(EntityUri.normalise("stigmem://test/e1")).isEqualTo("stigmem://test/e1");
    }

    @Test
    void a_blank_one_is_refused() {
        assertThatThrownBy(() -> EntityUri.normalise(" \u00a0\t"))
                .isInstanceOf(ApiRefusal.class)
                .hasMessage("invalid_entity_uri: entity URI must not be empty");
    }
}
