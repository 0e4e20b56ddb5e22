package bulwark.seats.chain;

import com.code_intelligence.jazzer.junit.FuzzTest;

class NetworkFileFuzzTest {
    @FuzzTest(maxDuration = "2s")
    void a_file_is_a_network_or_a_refusal(byte[] file) {
        try {
            NetworkFile.read(file);
        } catch (NetworkFile.NetworkFileRefused refused) {
            // The one outcome beside a network.
            return;
        }
    }
}
