package bulwark.kernel.network;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class IpPrefixSetTest {
    /** Few distinct bytes, so that ranges hold one another and addresses meet them. */
    private static byte[] address(Random random) {
        byte[] bytes = new byte[random.nextBoolean() ? 4 : 16];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (random.nextInt(4) == 0 ? 0xff : random.nextInt(3) << 6);
        }
        if (bytes.length == 16) {
            bytes[0] = 0x20;
        }
        return bytes;
    }

    private static IpPrefix range(Random random) throws UnknownHostException {
        byte[] bytes = address(random);
        int length = random.nextInt(bytes.length * 8 + 1);
        for (int bit = length; bit < bytes.length * 8; bit++) {
            bytes[bit / 8] &= (byte) ~(0x80 >> bit % 8);
        }
        if (bytes.length == 16 && length < 8) {
            return IpPrefix.parse("::/0");
        }
        return IpPrefix.parse(InetAddress.getByAddress(bytes).getHostAddress() + "/" + length);
    }

    @Test
    void it_holds_what_one_of_its_ranges_holds() throws Exception {
        for (int seed = 0; seed < 400; seed++) {
            Random random = new Random(seed);
            List<IpPrefix> ranges = new ArrayList<>();
            for (int i = random.nextInt(40); i > 0; i--) {
                ranges.add(range(random));
            }
            IpPrefixSet set = IpPrefixSet.of(ranges);
            for (int i = 0; i < 100; i++) {
                InetAddress address = InetAddress.getByAddress(address(random));
                assertThat(set.contains(address))
                        .as("seed %d, %s", seed, address)
                        .isEqualTo(ranges.stream().anyMatch(range -> range.contains(address)));
                IpPrefix other = range(random);
                assertThat(set.contains(other))
                        .as("seed %d, %s", seed, other)
                        .isEqualTo(ranges.stream().anyMatch(range -> range.contains(other)));
            }
            assertThat(set.ranges()).isEqualTo(ranges);
        }
    }

    @Test
    void an_empty_one_holds_nothing() {
        assertThat(IpPrefixSet.of(List.of()).contains(InetAddress.ofLiteral("10.0.0.1")))
                .isFalse();
        assertThat(IpPrefixSet.of(List.of()).isEmpty()).isTrue();
    }
}
