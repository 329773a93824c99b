import { onBeforeUnmount, ref, shallowRef, type Ref } from 'vue'
import { api, body, Refusal, type Schemas } from '@/shared/api'
import { explain } from './explain'

export type Run = Schemas['TrainingRunView']
export type Phase = 'idle' | 'learning' | 'missed' | 'over' | 'taken' | 'closed'

const start = (id: string) => body(api.POST('/sessions/{id}/learning', { params: { path: { id } } }))
const beat = (runId: string, said: Schemas['TrainingBeatBody']) =>
  body(api.POST('/learning/{runId}/beats', { params: { path: { runId } }, body: said }))

/**
 * Learning by a video: signs of life to the server, which alone counts the time. It is told at every change of the
 * player too, so that what played until a pause is not lost.
 */
export function useLearning(session: Ref<string>, video: Ref<HTMLVideoElement | null>) {
  const run = shallowRef<Run>()
  const phase = ref<Phase>('idle')
  const problem = ref('')
  const offline = ref(false)
  const busy = ref(false)
  let timer: ReturnType<typeof setTimeout> | undefined

  function take(now: Run) {
    run.value = now
    phase.value = now.phase
    offline.value = false
    if (now.phase !== 'learning') video.value?.pause()
  }
  function next() {
    clearTimeout(timer)
    if (phase.value === 'learning') timer = setTimeout(() => void tell(), (run.value?.beatSeconds ?? 20) * 1000)
  }
  function stop(why: Phase) {
    phase.value = why
    clearTimeout(timer)
    video.value?.pause()
  }
  async function tell(answer?: string) {
    const player = video.value
    if (!player || !run.value || phase.value !== 'learning') return
    const playing = !player.paused && !player.ended
    try {
      const now = await beat(run.value.runId, { position: player.currentTime, playing, ...(answer ? { answer } : {}) })
      if (now.prompt && !run.value.prompt) call()
      take(now)
    } catch (e) {
      if (!(e instanceof Refusal)) throw e
      if (e.code === 'training.learning_taken_over') stop('taken')
      else if (e.offline) offline.value = true
      else {
        problem.value = explain(e)
        stop('closed')
      }
    }
    next()
  }
  /** A question hides behind no full screen. */
  function call() {
    const player = video.value as (HTMLVideoElement & { webkitExitFullscreen?: () => void }) | null
    if (document.fullscreenElement) void document.exitFullscreen()
    else player?.webkitExitFullscreen?.()
    navigator.vibrate?.([200, 100, 200])
  }
  async function begin() {
    busy.value = true
    problem.value = ''
    try {
      take(await start(session.value))
      const player = video.value
      if (player && Math.abs(player.currentTime - run.value!.positionSeconds) > 2)
        player.currentTime = run.value!.positionSeconds
      await player?.play().catch(() => undefined)
      next()
    } catch (e) {
      problem.value = explain(e)
    } finally {
      busy.value = false
    }
  }
  /** Whoever looks elsewhere cannot be asked: the video waits for them. */
  const hidden = () => {
    if (document.hidden) video.value?.pause()
  }
  document.addEventListener('visibilitychange', hidden)
  onBeforeUnmount(() => {
    clearTimeout(timer)
    document.removeEventListener('visibilitychange', hidden)
  })
  return { run, phase, problem, offline, busy, begin, tell }
}
