// What book/src/demo/network.js declares: the bindings of network.d.ts, and the module as text.

declare const noMagicNetwork: {
    (): typeof wasm_bindgen;
    /** The WebAssembly module, in base 64. */
    module: string;
};
