import { api, body, upload, type Schemas } from '@/shared/api'

export type Evidence = Schemas['TrainingLearningView']

export const MOST_VIDEO = 50 << 20

export const evidence = (id: string, personId: string) =>
  body(api.GET('/sessions/{id}/learning/{personId}', { params: { path: { id, personId } } }))
export const linkVideo = (id: string, link: Schemas['TrainingLinkBody']) =>
  body(api.PUT('/sessions/{id}/material', { params: { path: { id } }, body: link }))

export const uploadVideo = (id: string, video: File, title: string, lengthSeconds: number) =>
  upload(`/sessions/${id}/material`, { title, lengthSeconds: String(lengthSeconds), file: video })

/** How long a video is, if this browser can tell. */
export function lengthOf(video: File): Promise<number | undefined> {
  return new Promise((resolve) => {
    const player = document.createElement('video')
    const address = URL.createObjectURL(video)
    const end = (seconds?: number) => {
      URL.revokeObjectURL(address)
      resolve(seconds && Number.isFinite(seconds) ? Math.floor(seconds) : undefined)
    }
    player.preload = 'metadata'
    player.addEventListener('loadedmetadata', () => end(player.duration))
    player.addEventListener('error', () => end())
    player.src = address
  })
}
