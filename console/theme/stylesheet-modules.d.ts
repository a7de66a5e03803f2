declare module 'virtual:hallpass-theme.css';
