import './dashboard.css';
import '../controls.ts';
