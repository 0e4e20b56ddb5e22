package bulwark.kernel.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.math.BigInteger;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class AddressRegistryTest {
    @Test
    void each_range_decides_about_its_first_and_its_last_address_unless_a_narrower_one_does() {
        for (AddressRange range : AddressRegistry.PUBLIC.ranges()) {
            if (range.name().equals("IPv4-mapped")) {
                continue; // InetAddress has read such an address as IPv4 before the registry sees it.
            }
            for (byte[] edge : edges(range.prefix())) {
                AddressRange narrowest = AddressRegistry.PUBLIC.ranges().stream()
                        .filter(r ->
                                r.prefix().contains(TargetHost.Address.of(edge).address()))
                        .max(java.util.Comparator.comparingInt(r -> r.prefix().length()))
                        .orElseThrow();
                assertThat(narrowest.prefix().length())
                        .isGreaterThanOrEqualTo(range.prefix().length());
            }
        }
    }

    @Test
    void ranges_are_named_once() {
        assertThat(AddressRegistry.PUBLIC.ranges())
                .extracting(AddressRange::prefix)
                .doesNotHaveDuplicates();
        assertThat(AddressRegistry.PUBLIC.ranges()).hasSizeGreaterThan(55);
    }

    @Test
    void the_address_before_and_the_address_behind_a_private_range_are_public() {
        for (String text : new String[] {
            "9.255.255.255",
            "11.0.0.0",
            "172.15.255.255",
            "172.32.0.0",
            "192.167.255.255",
            "192.169.0.0",
            "100.63.255.255",
            "100.128.0.0",
            "126.255.255.255",
            "128.0.0.0",
            "169.253.255.255",
            "169.255.0.0",
            "198.17.255.255",
            "198.20.0.0",
            "223.255.255.255"
        }) {
            assertThat(AddressRegistry.PUBLIC
                            .of(TargetHost.Address.of(Arrays.copyOf(IpLiteral.v4(text), 4))
                                    .address())
                            .kind())
                    .as(text)
                    .isEqualTo(AddressClass.GLOBAL);
        }
    }

    @Test
    void a_range_is_an_address_and_a_length_without_bits_behind_it() {
        assertThat(IpPrefix.parse("10.0.0.1")).isEqualTo(IpPrefix.parse("10.0.0.1/32"));
        for (String text : new String[] {
            "",
            "10.0.0.0/33",
            "10.0.0.1/8",
            "10.0.0/8",
            "010.0.0.0/8",
            "::/129",
            "fe80::1/10",
            "10.0.0.0/",
            "10.0.0.0/a",
            "[::1]",
            "::1/-1",
            "example.com"
        }) {
            assertThatIllegalArgumentException().as(text).isThrownBy(() -> IpPrefix.parse(text));
        }
    }

    private static byte[][] edges(IpPrefix prefix) {
        String text = prefix.toString();
        int slash = text.indexOf('/');
        byte[] first = IpLiteral.parse(slash < 0 ? text : text.substring(0, slash));
        assertThat(first).isNotNull();
        int bits = 8 * first.length;
        BigInteger last = new BigInteger(1, first)
                .add(BigInteger.ONE.shiftLeft(bits - prefix.length()))
                .subtract(BigInteger.ONE);
        byte[] end = new byte[first.length];
        byte[] digits = last.toByteArray();
        for (int i = 0; i < Math.min(end.length, digits.length); i++) {
            end[end.length - 1 - i] = digits[digits.length - 1 - i];
        }
        return new byte[][] {first, end};
    }
}
