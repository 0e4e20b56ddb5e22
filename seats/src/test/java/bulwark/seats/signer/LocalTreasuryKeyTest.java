package bulwark.seats.signer;

import java.util.Map;

class LocalTreasuryKeyTest extends TreasuryKeyContract {
    @Override
    String kind() {
        return "local";
    }

    @Override
    Map<String, String> settings() {
        return Map.of();
    }
}
