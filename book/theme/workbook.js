// Lets the keyboard reach what scrolls sideways, and gives mdBook's sidebar switch the role it plays.
(() => {
    const reach = () => {
        for (const element of document.querySelectorAll("pre code, .table-wrapper, .katex-display")) {
            if (element.scrollWidth > element.clientWidth) {
                element.tabIndex = 0;
                element.setAttribute("role", "region");
                element.setAttribute("aria-label", "scrolls sideways");
            }
        }
    };
    // While such a region has the focus, the arrow keys scroll it rather than turn the page.
    document.addEventListener("keydown", (event) => {
        const sideways = event.key === "ArrowLeft" || event.key === "ArrowRight";
        if (sideways && event.target.matches?.("[role=region][tabindex]")) {
            event.stopPropagation();
        }
    }, { capture: true });
    document.getElementById("mdbook-sidebar-toggle")?.setAttribute("role", "button");
    window.addEventListener("load", reach);
    window.addEventListener("resize", reach);
    reach();
})();
