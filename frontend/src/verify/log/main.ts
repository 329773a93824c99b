import '../../shared/tokens.css'
import './log.css'
import { page } from './page'

/** The public page of the issuance log. */
const root = document.querySelector<HTMLElement>('#log')
if (root) page(root)
