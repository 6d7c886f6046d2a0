// Runs before the first paint, so that a dark page never flashes white. The choice is the component library's to keep.
(() => {
    const system = matchMedia('(prefers-color-scheme: dark)');

    const chosen = () => {
        try {
            return JSON.parse(localStorage.getItem('fluentui-blazor:theme-settings'))?.mode;
        } catch {
            return undefined;
        }
    };

    const apply = () => {
        const mode = chosen() ?? 'system';
        const dark = mode === 'system' ? system.matches : mode === 'dark';
        document.documentElement.dataset.theme = dark ? 'dark' : 'light';
    };

    apply();
    system.addEventListener('change', apply);
    document.addEventListener('themeChanged', apply, true);
    window.addEventListener('storage', apply);
})();
