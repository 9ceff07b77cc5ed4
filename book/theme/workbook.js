// Marks the lines of which the text speaks, lets the keyboard reach what scrolls sideways and mdBook's
// sidebar switch, and keeps short code on one line.
(() => {
    for (const code of document.querySelectorAll("code[class*=from-]")) {
        for (const bound of ["from", "to"]) {
            code.style.setProperty(`--${bound}`, code.className.match(`${bound}-(\\d+)`)[1]);
        }
    }
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

    const toggle = document.getElementById("mdbook-sidebar-toggle");
    toggle?.setAttribute("role", "button");
    toggle?.setAttribute("tabindex", "0");
    toggle?.addEventListener("keydown", (event) => {
        if (event.key === "Enter" || event.key === " ") {
            event.preventDefault();
            toggle.click();
        }
    });

    document.getElementById("mdbook-searchbar")?.setAttribute("aria-label", "Search this book");

    // A line may end within a long command, but not within one of its options.
    for (const code of document.querySelectorAll("main :not(pre) > code:not(:has(*))")) {
        if (code.textContent.length <= 16) {
            code.classList.add("whole");
        } else {
            code.innerHTML = code.innerHTML.replace(/(?<![^ ])--[\w-]*/g, '<span class="whole">$&</span>');
        }
    }

    window.addEventListener("load", reach);
    window.addEventListener("resize", reach);
    document.addEventListener("toggle", reach, { capture: true });
    reach();
})();
