// Runs before the page is painted, so that it never flashes in the wrong colours. Without a choice the page follows the system.
(() => {
    const key = "mixpolicy-theme";
    const root = document.documentElement;
    const show = choice => {
        if (choice === "light" || choice === "dark") {
            root.dataset.theme = choice;
        } else {
            delete root.dataset.theme;
        }
        document.dispatchEvent(new Event("mixpolicy-theme"));
    };
    const stored = () => {
        try {
            return localStorage.getItem(key) ?? "system";
        } catch {
            return "system";
        }
    };

    show(stored());
    window.mixpolicyTheme = {
        get: stored,
        set: choice => {
            try {
                localStorage.setItem(key, choice);
            } catch {
                // A browser that keeps nothing shows it until the next page.
            }
            show(choice);
        },
    };
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => show(stored()));
    addEventListener("storage", () => show(stored()));
})();
