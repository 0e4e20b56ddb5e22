// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// What forge offers to tests at a fixed address.
interface Vm {
    function warp(uint256 time) external;
    function prank(address sender) external;
    function deal(address account, uint256 balance) external;
    function etch(address account, bytes calldata code) external;
}

Vm constant vm = Vm(0x7109709ECfa91a80626fF3989D68f67F5b1DD12D);

/// The predeploy of EIP-7002 as a vault sees it: a fee to read, a request of 56 bytes to take.
contract ExitRequests {
    uint256 public requests;

    fallback() external payable {
        if (msg.data.length == 0) {
            bytes memory fee = abi.encode(block.timestamp % 1000 + 1);
            assembly {
                return(add(fee, 32), 32)
            }
        }
        require(msg.data.length == 56 && msg.value >= block.timestamp % 1000 + 1);
        requests++;
    }
}
