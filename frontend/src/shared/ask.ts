import { ElMessageBox } from 'element-plus'
import 'element-plus/es/components/message-box/style/css'
import { say } from './i18n'

/** Asks before something that cannot be taken back; the words tell what follows. */
export const ask = (title: string, consequence: string, yes: string): Promise<boolean> =>
  ElMessageBox.confirm(consequence, title, {
    confirmButtonText: yes,
    cancelButtonText: say('shared.cancel'),
    autofocus: true,
    closeOnClickModal: false,
  }).then(
    () => true,
    () => false,
  )
